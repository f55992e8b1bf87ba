/* SPDX-License-Identifier: MIT */
/*
 * guard_aside.h -- what has appeared is taken from where programs of the host would find it.
 */
#ifndef SBX_LOADER_GUARD_GUARD_ASIDE_H
#define SBX_LOADER_GUARD_GUARD_ASIDE_H

#include "loader/guard/guard.h"

/* Move the entry at `path`, below the root, into a directory that sbx-policy(1) lists; or note that it is stuck. */
void sbx_guard_aside(struct sbx_guard *guard, const char *root, const char *path);

/* Take what executes out of the configuration `name` in the repository's directory, but for what was in it before. */
void sbx_guard_cut(struct sbx_guard *guard, const char *gitdir, const char *name);

#endif
