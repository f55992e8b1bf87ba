/* SPDX-License-Identifier: MIT */
/*
 * usage.h -- what a run has used up.
 */
#ifndef SBX_LOADER_LIMITS_USAGE_H
#define SBX_LOADER_LIMITS_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "loader/limits/limits.h"
#include "loader/limits/space.h"

#define SBX_UNKNOWN UINT64_MAX

struct sbx_usage {
	int64_t began, wall_ns; /* sbx_clock_now() */
	struct rusage rusage;   /* of everything inside: getrusage(2) */
	struct sbx_space space;
	uint64_t peak, read, written, ooms, oom_kills, pids_refused, pids_peak; /* of the cgroup, or SBX_UNKNOWN */
	bool pids_seen;    /* the number of tasks was seen at its limit */
	int64_t sample_at; /* the next look, or SBX_NEVER */
};

/* Before anything is started. */
void sbx_usage_init(struct sbx_usage *usage);

/* The sandbox's first process is there: from now on, where RLIMIT_NPROC holds limits.pids, tasks are counted. */
void sbx_usage_begin(struct sbx_usage *usage, const struct sbx_limits *limits);

/* The moment has come: count the tasks below `child`. */
void sbx_usage_sample(struct sbx_usage *usage, const struct sbx_limits *limits, pid_t child);

/* What the cgroup says now; what it doesn't say any more stays as it was. */
void sbx_usage_cgroup(struct sbx_usage *usage, struct sbx_limits *limits);

/* After the end, before the cgroup is removed. */
void sbx_usage_take(struct sbx_usage *usage, struct sbx_limits *limits);

#endif
