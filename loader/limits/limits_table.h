/* SPDX-License-Identifier: MIT */
/*
 * limits_table.h -- the loader's columns for the limits of shim/limits.h: what can hold each, and how it is told.
 */
#ifndef SBX_LOADER_LIMITS_LIMITS_TABLE_H
#define SBX_LOADER_LIMITS_LIMITS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/limits/rlimits.h"
#include "shim/limits.h"

#define SBX_CPU_PERIOD_US 100000u /* the period that limits.cpu is a part of */

/* What can hold a limit; the waiting loader's clock holds wall and grace. */
struct sbx_holder {
	uint32_t controller;        /* bit 1 << enum sbx_controller; 0: no cgroup */
	const char *file;           /* of the cgroup */
	bool inherited;             /* a lower value of the caller's own cgroup counts */
	const char *property;       /* of a scope */
	const char *write_property; /* where a disk has one for each way */
	struct sbx_rlimit rlimit;   /* unit 0: there is none */
};
extern const struct sbx_holder sbx_holders[SBX_LIMIT__COUNT];

/* The key's name below limits, and a value of it as people write it ("64M", "30s", "150%") in static memory. */
const char *sbx_limits_name(enum sbx_limit_id id);
const char *sbx_limits_text(enum sbx_limit_id id, uint64_t value);

/* Which option raises it. */
const char *sbx_limits_hint(enum sbx_limit_id id);

#endif
