/* SPDX-License-Identifier: MIT */
/*
 * clock.h -- deadlines, in nanoseconds of CLOCK_MONOTONIC; clock_gettime(2).
 */
#ifndef SBX_LOADER_BASE_CLOCK_H
#define SBX_LOADER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define SBX_NEVER INT64_MAX

int64_t sbx_clock_now(void);

/* The moment `ms` milliseconds from now; SBX_NEVER where that is further than the clock goes. */
int64_t sbx_clock_after(uint64_t ms);

/* What is left until `deadline`, for ppoll(2): NULL for SBX_NEVER, nothing when it has passed. */
const struct timespec *sbx_clock_left(int64_t deadline, struct timespec *left);

/*
 * A timer that continues this process: a command that stops stops sbx-wrap with it, as any job, and would stop the
 * clock. Not inherited by fork(2). -1 with errno set; sbx_clock_wake() then sets it to a sbx_clock_now(), once or
 * again. timer_create(2).
 */
int sbx_clock_prepare(void);
void sbx_clock_wake(int64_t when);

#endif
