/* SPDX-License-Identifier: MIT */
/*
 * glob.h -- the patterns of the policy: for environment variables, protected names, commands.
 */
#ifndef SBX_SHIM_GLOB_H
#define SBX_SHIM_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* glob(7) with * only. */
bool sbx_glob(const char *pattern, const char *text);

/* The same for the first `len` bytes of `text`, which hold no NUL. */
bool sbx_globn(const char *pattern, const char *text, size_t len);

/* And where the case of ASCII's letters doesn't count. */
bool sbx_globn_nocase(const char *pattern, const char *text, size_t len);

#endif
