/* SPDX-License-Identifier: MIT */
/*
 * path_text.h -- absolute paths as texts, without a libc: nothing is looked up.
 */
#ifndef SBX_SHIM_PATH_TEXT_H
#define SBX_SHIM_PATH_TEXT_H

#include <stdbool.h>

/* `path` is `base` or below it; both absolute, canonical. */
bool sbx_path_within(const char *path, const char *base);

/* The part behind the last '/', or all of it. */
const char *sbx_basename(const char *path);

/* "." or "..", which every directory has. */
static inline bool sbx_is_dot_entry(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

#endif
