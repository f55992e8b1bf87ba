/* SPDX-License-Identifier: MIT */
/*
 * path.c -- paths as texts; readlink(2), getcwd(2).
 */
#include "loader/base/path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/base/memory.h"

bool sbx_path_is_plain(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *at = path; *at && path[1];) {
		const char *part = ++at;

		while (*at && *at != '/')
			at++;
		if (at == part || (part[0] == '.' && (at == part + 1 || (part[1] == '.' && at == part + 2))))
			return false;
	}
	return true;
}

char *sbx_path_plain(const char *path)
{
	char *plain, *end;

	if (path[0] != '/')
		return NULL;
	plain = end = sbx_alloc(strlen(path) + 1);
	*end++ = '/';
	while (*path) {
		const char *part = end;

		while (*path == '/')
			path++;
		while (*path && *path != '/')
			*end++ = *path++;
		if (end == part + 2 && part[0] == '.' && part[1] == '.')
			return NULL;
		if (end == part + 1 && part[0] == '.')
			end--;
		if (end != part)
			*end++ = '/';
	}
	end[end > plain + 1 ? -1 : 0] = 0;
	return plain;
}

char *sbx_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return sbx_strdup(".");
	return slash == path ? sbx_strdup("/") : sbx_strndup(path, (size_t)(slash - path));
}

char *sbx_readlink(const char *path)
{
	char *text = sbx_alloc_room(PATH_MAX);
	const ssize_t len = readlink(path, text, PATH_MAX - 1);

	return len < 0 ? NULL : sbx_alloc_keep((size_t)len);
}

char *sbx_getcwd(void)
{
	char *text = sbx_alloc_room(PATH_MAX);
	const long len = syscall(SYS_getcwd, text, PATH_MAX); /* with the NUL */

	if (len > 0 && text[0] != '/') {
		memset(text, 0, (size_t)len);
		errno = ENOENT;
		return NULL;
	}
	return len < 0 ? NULL : sbx_alloc_keep((size_t)len - 1);
}
