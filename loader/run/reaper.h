/*
 * reaper.h -- PID 1 of the sandbox.
 */
#ifndef SBX_LOADER_RUN_REAPER_H
#define SBX_LOADER_RUN_REAPER_H

#include "loader/run/run.h"

/*
 * By sigqueue(3) from the loader: SIGTERM and SIGCONT to all. One that can be queued or not: what is below SIGRTMIN
 * comes in any case, but as if from nobody where the queue is full.
 */
#define SBX_CLOCK_SIGNAL 63

/*
 * Be PID 1: reap everything, report the target's stops and its end over the channel, end with it (and the kernel ends
 * the rest of the namespace). Called inside the fence with nothing left to give up but descriptors and system calls.
 */
_Noreturn void sbx_reaper(const struct sbx_run *run, pid_t target);

#endif
