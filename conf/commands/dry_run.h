/* SPDX-License-Identifier: MIT */
/*
 * dry_run.h -- asks sbx-wrap what a run would do, for doctor: nobody else knows for certain.
 */
#ifndef SBX_CONF_COMMANDS_DRY_RUN_H
#define SBX_CONF_COMMANDS_DRY_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/base/pool.h"

struct sbx_dry_run {
	struct sbx_pool *pool;
	const char *program; /* sbx-wrap */
	char config[32];     /* an empty file */
	int64_t deadline;    /* of all that is asked: CLOCK_MONOTONIC in ns */
};

struct sbx_dry_run_answer {
	bool held;
	const char *text;   /* what holds it, or why nothing does */
	const char *remedy; /* or NULL */
};

/* Ready to ask `program`; what it takes is released by sbx_dry_run_close. -1 with errno, and nothing is left. */
int sbx_dry_run_open(struct sbx_dry_run *dry, struct sbx_pool *pool, const char *program);
void sbx_dry_run_close(const struct sbx_dry_run *dry);

/* What would hold limits.<name> where it is set to `value`, for this caller in this directory. Text in the pool. */
struct sbx_dry_run_answer sbx_dry_run_limit(const struct sbx_dry_run *dry, const char *name, const char *value);

#endif
