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

#endif
