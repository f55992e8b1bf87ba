/* SPDX-License-Identifier: MIT */
/*
 * rlimits.h -- limits that are held as resource limits of each process; getrlimit(2), prlimit(2).
 */
#ifndef SBX_LOADER_LIMITS_RLIMITS_H
#define SBX_LOADER_LIMITS_RLIMITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* How a resource limit holds a limit of a policy. */
struct sbx_rlimit {
	int resource;   /* RLIMIT_* */
	uint64_t unit;  /* how much of the policy's is one of the resource's */
	uint64_t least; /* what a lower value is raised to */
	uint64_t extra; /* from the soft limit, which sends a signal, to the hard one, which kills */
	bool raises;    /* the soft limit, up to the hard one */
	bool each;      /* holds each process by itself, which is less than the policy says: only as best_effort says */
};

/* Would it hold a command in these namespaces, CLONE_NEW*? 1; 0 with a reason of its own in `why`, or with none; -1
 * with errno when that can't be told. */
int sbx_rlimits_hold(const struct sbx_rlimit *rlimit, uint32_t namespaces, const char **why);

/* Set it for the process `pid`, 0 for this one, to `limit` in the policy's unit, never above what it has. -1 with
 * errno. */
int sbx_rlimits_set(const struct sbx_rlimit *rlimit, pid_t pid, uint64_t limit);

/*
 * A user namespace that is made between the two has a part of the signals that the caller may have queued, all its
 * processes together: nobody inside keeps the caller's other processes from queueing theirs. What getrlimit(2) says
 * stays as it was. Linux >= 5.14. -1 with errno.
 */
int sbx_rlimits_lower_queue(struct rlimit *was);
int sbx_rlimits_restore_queue(const struct rlimit *was);

#endif
