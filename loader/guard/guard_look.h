/* SPDX-License-Identifier: MIT */
/*
 * guard_look.h -- the look at a directory that may be written, the same before the run and after it: three levels down,
 * and so many entries.
 */
#ifndef SBX_LOADER_GUARD_GUARD_LOOK_H
#define SBX_LOADER_GUARD_GUARD_LOOK_H

#include <stdbool.h>
#include <time.h>

#include "loader/guard/guard.h"

struct sbx_look {
	struct sbx_guard *guard;
	struct sbx_guard_root *root;
	bool opens; /* after the run: what its owner has shut, too */
	bool more;  /* than may be looked at */
	void *context;
	/* A guarded name, of a file, directory or link; `loose`: below a directory of a package manager's. */
	void (*found)(struct sbx_look *look, const char *path, bool loose);
	/* A directory that git takes for a repository's, and that isn't guarded as a whole. */
	void (*repository)(struct sbx_look *look, const char *path);
	/* The root itself is laid out so, without a .git. */
	void (*bare_root)(struct sbx_look *look);
};

void sbx_look_at(struct sbx_look *look);

/* Is the name, at the end of the absolute path, guarded? And ".git" with that behind it, whatever the repository's
 * directory is called? */
bool sbx_guard_says(const struct sbx_guard *guard, const char *path);
bool sbx_guard_git(const struct sbx_guard *guard, const char *behind);

/* Is that later than the run's beginning? */
bool sbx_guard_is_since(const struct sbx_guard *guard, const struct timespec *when);

/* A directory, through no link: -1 with errno. `opens`: its mode doesn't matter if it is the caller's; it is as before
 * after that. */
int sbx_look_open(const char *path, bool opens);

#endif
