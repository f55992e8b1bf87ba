/* SPDX-License-Identifier: MIT */
/*
 * git_repository.h -- what a repository makes git execute.
 */
#ifndef SBX_LOADER_GUARD_GIT_REPOSITORY_H
#define SBX_LOADER_GUARD_GIT_REPOSITORY_H

#include <stdbool.h>

#include "loader/guard/git_config.h"

/*
 * UNTRUSTED: a repository's own directory, .git, that is new as a whole. Does nothing in it, its submodules or
 * worktrees make git execute anything? False as well where that can't be told.
 */
bool sbx_git_harmless(const char *gitdir);

/* Are all of its hooks samples, or is it no directory of hooks at all? */
bool sbx_git_samples_only(const char *hooks);

/* Where a .git that is a file, or commondir, leads: absolute, or NULL. `prefix` is what the line begins with. */
char *sbx_git_link(const char *dir, const char *name, const char *prefix);

/* Call `each` for the repository's directory and those of its submodules; its worktrees' share its hooks. */
void sbx_git_each(const char *gitdir, void (*each)(const char *gitdir, void *context), void *context);

#endif
