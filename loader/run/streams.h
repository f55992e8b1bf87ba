/* SPDX-License-Identifier: MIT */
/*
 * streams.h -- the command's standard streams: what it sets on them is its own, and what the caller's were stays.
 */
#ifndef SBX_LOADER_RUN_STREAMS_H
#define SBX_LOADER_RUN_STREAMS_H

#include <stdbool.h>

#include "loader/base/caller.h"
#include "loader/base/inherited.h"

/*
 * In the process that becomes the command, before it leaves the host's tree: open anew what pipes and terminals are on
 * 0 to 2, so that flags such as O_NONBLOCK are set on descriptions that nobody shares; with `mounts`, a mount namespace
 * of our own, devices that the caller owns through a read-only mount, by which their modes can't be changed. What can't
 * be opened stays as it is; such a device is noted in `inherited` then. In place modes can't be changed anyhow.
 */
void sbx_streams_reopen(struct sbx_inherited *inherited, const struct sbx_caller *caller, bool mounts);

/*
 * In the private root: the same for /dev/null and its like, which are there on read-only mounts, with their names. -1
 * with `err` where looking at them failed.
 */
int sbx_streams_reopen_inside(struct sbx_inherited *inherited, const struct sbx_caller *caller, struct sbx_err *err);

/* In the waiting loader: keep the files among 0 to 2; when the command has ended, put their flags right, and release
 * the locks that it has left on them: flock(2) and F_OFD_SETLK lock for all who have the same open file. */
struct sbx_streams {
	int fd[3], flags[3]; /* -1: none */
	bool locked[3];      /* by the caller, or that can't be seen */
};
void sbx_streams_keep(struct sbx_streams *streams);
void sbx_streams_restore(const struct sbx_streams *streams);

#endif
