/* SPDX-License-Identifier: MIT */
/*
 * path_walk.h -- where a path of the host leads, and the symlinks on the way.
 */
#ifndef SBX_CONF_COMPILE_PATH_WALK_H
#define SBX_CONF_COMPILE_PATH_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "conf/base/pool.h"

/* A symlink of the host that a path goes through. */
struct sbx_symlink {
	const char *path;
	const char *text;
};
struct sbx_symlinks {
	struct sbx_symlink *items;
	size_t count;
	bool planted; /* the kernel would not follow or open what a path ended in for the caller: shim/sticky.h */
};

/*
 * Walk `path`, and add each symlink on the way to `symlinks`, once. Returns the canonical path, which belongs to the
 * pool, or NULL with errno; with `missing_ok`, what doesn't exist is taken as it is written.
 */
const char *sbx_path_walk(struct sbx_pool *pool, struct sbx_symlinks *symlinks, const char *path, bool missing_ok);

/* May the caller open the file `path`, which lstat(2) described, with O_CREAT? shim/sticky.h. */
bool sbx_path_may_create(struct sbx_pool *pool, const char *path, const struct stat *file);

#endif
