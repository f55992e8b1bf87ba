/* SPDX-License-Identifier: MIT */
/*
 * walk.h -- path_resolution(7) by hand, for what must know each symlink on a path: the private root, which has them
 * too. Without a libc, and without a look at any file: who walks says how.
 */
#ifndef SBX_SHIM_WALK_H
#define SBX_SHIM_WALK_H

#include <stdbool.h>
#include <stddef.h>

#define SBX_WALK_MAX 4096 /* PATH_MAX */

struct sbx_walk {
	char done[SBX_WALK_MAX]; /* canonical so far: "" stands for "/" */
	const char *rest;        /* still to be walked */
	char room[2 * SBX_WALK_MAX];
};

/*
 * What is at `at`, whose directory is canonical: the length of a symlink's text, which has been put into `text`; 0 for
 * anything else that is there; or -errno. `last`: nothing is behind it.
 */
typedef long sbx_walk_read(void *data, const char *at, bool last, char text[SBX_WALK_MAX]);

/*
 * Walk `path`, from the canonical `cwd` when it is relative. UNTRUSTED: the path and every link's text; at most 40
 * links. Returns 0, and walk->done is where it leads; or -errno: walk->done is what `read` found in the way, or that it
 * isn't there, and walk->rest is what is behind, "" or with a slash in front.
 */
long sbx_walk(struct sbx_walk *walk, const char *cwd, const char *path, sbx_walk_read *read, void *data);

#endif
