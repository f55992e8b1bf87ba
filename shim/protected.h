/* SPDX-License-Identifier: MIT */
/*
 * protected.h -- why what an argument or a variable names isn't granted. The compiler asks about the paths that begin
 * with a variable, the loader about all others; both refuse the same, in the same words.
 */
#ifndef SBX_SHIM_PROTECTED_H
#define SBX_SHIM_PROTECTED_H

#include <stdbool.h>

#include "shim/blob.h"

/*
 * Why the table's entry `text` of this kind protects the canonical `path`, NULL when it doesn't; static text. `whole`:
 * path would be granted with all that is below it, so that it must not hold a home either. A symlink on the way to
 * what is granted brings no more than itself.
 */
const char *sbx_protected_reason(enum sbx_protect_kind kind, const char *text, const char *path, bool whole);

/*
 * Does what a dot link of a home leads to count as that home's? `home_uid` owns the home, `uid` what is there, `caller`
 * asks; `within`: it lies in the home. What is the system's doesn't, and of somebody else's home only what is theirs:
 * nobody protects another one's files by a link to them.
 */
static inline bool sbx_protected_dot_link(uint32_t home_uid, uint32_t uid, uint32_t caller, bool within)
{
	return (home_uid == caller || home_uid == uid) && (uid != 0 || within);
}

/* Of somebody else's home no more entries are looked at: it is theirs to keep in order, and the caller's time. */
#define SBX_PROTECTED_ENTRIES_MAX 1024

/* The same of the canonical path itself, whatever the table says: of the root, and of the directories in it. */
const char *sbx_protected_top(const char *path, bool is_dir);

#endif
