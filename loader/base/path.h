/* SPDX-License-Identifier: MIT */
/*
 * path.h -- paths as texts, and those that the kernel tells.
 */
#ifndef SBX_LOADER_BASE_PATH_H
#define SBX_LOADER_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "shim/path_text.h"

/* sbx_path_within() of paths whose lengths are known: most that don't fit differ in the last byte, and a thousand are
 * held against a thousand. */
static inline bool sbx_path_within_len(const char *path, size_t len, const char *base, size_t base_len)
{
	return base_len <= 1 || (base_len <= len && path[base_len - 1] == base[base_len - 1] &&
				 (len == base_len || path[base_len] == '/') && memcmp(path, base, base_len) == 0);
}

/* An absolute path without empty parts, "." and "..", and without a slash behind it. */
bool sbx_path_is_plain(const char *path);

/* An absolute path without empty parts and "." as fresh memory; NULL for a relative one, and for one with ".." in it.
 */
char *sbx_path_plain(const char *path);

/* The part before the last '/' as fresh memory: "/" for "/x", "." for "x". */
char *sbx_dirname(const char *path);

/* readlink(2) into fresh memory; NULL with errno set. */
char *sbx_readlink(const char *path);

/* getcwd(2) into fresh memory; NULL with errno set, ENOENT when the directory can't be reached from the root. */
char *sbx_getcwd(void);

#endif
