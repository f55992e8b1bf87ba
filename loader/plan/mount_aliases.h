/* SPDX-License-Identifier: MIT */
/*
 * mount_aliases.h -- the other names of a path: bind mounts, and file systems or subvolumes that are mounted twice,
 * show the same files at several places.
 */
#ifndef SBX_LOADER_PLAN_MOUNT_ALIASES_H
#define SBX_LOADER_PLAN_MOUNT_ALIASES_H

#include <stdbool.h>

#include "loader/base/vec.h"

struct sbx_mount_alias {
	const char *path; /* absolute: what is there is ... */
	const char *is;   /* ... this path by the name that was asked for, or something below it */
};

/*
 * Read the mounts of this process, once. Returns 0, or -1 with errno set.
 */
int sbx_mount_aliases_load(void);

/*
 * The other names of the canonical `path`, and the mount points that show what lies below it, pushed on `aliases`
 * (struct sbx_mount_alias). The table is loaded. A path that doesn't exist has them too. They are told by the kernel's
 * table of mounts: what two file systems show of one another (overlayfs, FUSE, NFS) isn't known.
 */
void sbx_mount_aliases_find(const char *path, struct sbx_vec *aliases);

/* Is something mounted at the canonical `path` itself? The table is loaded. */
bool sbx_mount_aliases_point(const char *path);

#endif
