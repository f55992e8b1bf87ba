/* SPDX-License-Identifier: MIT */
/*
 * timing.h -- --timing: when each step of a run was done, in all of sbx's own processes; clock_gettime(2),
 * CLOCK_MONOTONIC.
 */
#ifndef SBX_LOADER_CLI_TIMING_H
#define SBX_LOADER_CLI_TIMING_H

#include <stdio.h>

/* X(id, name): in the order in which they come, but that the loader waits while the sandbox is set up. */
/* clang-format off */
#define SBX_MOMENTS(X) \
	X(START, "start") \
	X(OPTIONS, "options") \
	X(TARGET, "target") \
	X(POLICY, "policy") \
	X(PLAN, "plan") \
	X(ENVIRON, "environment, latch") \
	X(LIMITS, "limits") \
	X(SPAWN, "clone") \
	X(CHILD, "child runs") \
	X(USERNS, "user namespace") \
	X(SKELETON, "root: skeleton") \
	X(BINDS, "root: binds") \
	X(MOUNTS, "root: other mounts") \
	X(ROOT, "root: pivot") \
	X(PRIVS, "privileges") \
	X(LANDLOCK, "landlock") \
	X(FORK, "fork") \
	X(SECCOMP, "seccomp") \
	X(PROBE, "probe of the shim") \
	X(EXEC, "exec seen") \
	X(LATCH, "latch acknowledged") \
	X(ENDED, "command's end seen") \
	X(GONE, "sandbox gone") \
	X(REPORT, "reports, outputs")
/* clang-format on */
enum sbx_moment {
#define X(id, name) SBX_MOMENT_##id,
	SBX_MOMENTS(X)
#undef X
		SBX_MOMENT__COUNT
};

/* From now on moments count, here and in what is forked off; without it the rest does nothing. `start`:
 * sbx_clock_now(). */
void sbx_timing_begin(long long start);

/* This step is done. */
void sbx_timing_mark(enum sbx_moment moment);

/* A line for each moment that was met, by time: microseconds since the one before, and since the start. */
void sbx_timing_report(FILE *out);

#endif
