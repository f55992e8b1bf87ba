/* SPDX-License-Identifier: MIT */
/*
 * sanitized.c -- was the command built with a sanitizer that looks for leaks at its end? That takes ptrace(2), which no
 * policy allows: it would end with 1 whatever it did. UNTRUSTED: the file; no more than two variables depend on it.
 */
#include "loader/policy/sanitized.h"

#include <string.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/read_text.h"
#include "shim/path_text.h"

#define LOOK (256 * 1024) /* names of libraries and symbols stand in front of the code */

bool sbx_sanitized(const struct sbx_target *target)
{
	static const char *const signs[] = { "libasan.so", "liblsan.so", "__asan_init", "__lsan_init" };
	const struct sbx_resolved *file = target->script_count ? target->files[target->script_count - 1] : NULL;
	cleanup_fd int fd = -1;
	ssize_t len;
	char *bytes;

	if (!file || !file->exists || sbx_path_within(file->path, "/usr"))
		return false;
	fd = sbx_resolve_open(file);
	bytes = sbx_alloc(LOOK);
	len = fd < 0 ? -1 : sbx_read_at(fd, bytes, LOOK, 0);
	for (size_t i = 0; len > 0 && i < sizeof(signs) / sizeof(signs[0]); i++)
		if (memmem(bytes, (size_t)len, signs[i], strlen(signs[i])))
			return true;
	return false;
}
