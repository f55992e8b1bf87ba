/* SPDX-License-Identifier: MIT */
/*
 * path_resolve.h -- a path as the kernel would walk it: canonical, with every symlink on the way noted.
 */
#ifndef SBX_LOADER_BASE_PATH_RESOLVE_H
#define SBX_LOADER_BASE_PATH_RESOLVE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "loader/base/vec.h"

struct sbx_link {
	char *at;   /* absolute; every directory above it canonical */
	char *text; /* what readlink(2) gave */
};

struct sbx_resolved {
	char *path;           /* absolute, no symlink, no "." or ".." */
	struct sbx_vec links; /* struct sbx_link, in the order they were met */
	bool ends_in_link;    /* the last component is a symlink, whether it leads somewhere or not */
	bool planted;         /* and one that the kernel would not follow for the caller: sticky.h */
	bool exists;          /* false: only the last component is missing */
	struct stat st;       /* of path, when it exists */
};

/*
 * Walk `path` (from the canonical `cwd` when relative). UNTRUSTED: the path and every link's text; path_resolution(7),
 * at most 40 links. Returns 0, also when only the last component is missing, or -1 with errno set.
 */
int sbx_resolve(const char *cwd, const char *path, struct sbx_resolved *resolved);

/*
 * `path`, of which stat(2) has said `seen`: opened as sbx_resolve_open() does, and *resolved filled, where it is a
 * regular file behind no symlink; else -1, and sbx_resolve() tells more.
 */
int sbx_resolve_seen(const char *path, const struct stat *seen, struct sbx_resolved *resolved);

/* `at`, whose directory is canonical, is a symlink that says `text`, as has just been read; both are kept, not copied.
 */
void sbx_resolve_know(const char *at, const char *text);
void sbx_resolve_forget(void);

/* Open a regular file for reading, behind no symlink; -1 with errno set: ESTALE when it is another one meanwhile. */
int sbx_resolve_open(const struct sbx_resolved *resolved);

#endif
