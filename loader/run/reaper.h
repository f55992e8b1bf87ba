/* SPDX-License-Identifier: MIT */
/*
 * reaper.h -- PID 1 of the sandbox.
 */
#ifndef SBX_LOADER_RUN_REAPER_H
#define SBX_LOADER_RUN_REAPER_H

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

#include "shim/blob.h"

/*
 * By sigqueue(3) from the loader: SIGTERM and SIGCONT to all. One that can be queued or not: what is below SIGRTMIN
 * comes in any case, but as if from nobody where the queue is full.
 */
#define SBX_CLOCK_SIGNAL 63

/*
 * Be PID 1: reap everything, report the target's stops and its end over `channel`, end with it (and the kernel ends
 * the rest of the namespace). With `lingers` it waits to be killed instead: sbx_limits. Called inside the fence with
 * nothing left to give up but descriptors and system calls.
 */
_Noreturn void sbx_reaper(const struct sbx_policy_blob *policy, int channel, bool lingers, pid_t target);

/* Without one the process that is cloned becomes the target itself. */
static inline bool sbx_reaper_wanted(const struct sbx_policy_blob *policy)
{
	return (policy->namespaces & CLONE_NEWPID) && !(policy->flags & SBX_POLICY_AS_PID_1);
}

#endif
