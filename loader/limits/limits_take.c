/* SPDX-License-Identifier: MIT */
/*
 * limits_take.c -- from what the policy says to amounts: a share of the machine's memory is so many bytes, and what the
 * waiting loader holds by itself is held. sysinfo(2).
 */
#include "loader/limits/limits_take.h"

#include <errno.h>
#include <sched.h>
#include <sys/sysinfo.h>

#include "loader/base/clock.h"
#include "shim/err.h"

#define AMOUNT_MAX (UINT64_MAX >> 2)

static int take_amount(const struct sbx_limit *limit, enum sbx_limit_id id, uint64_t *amount, struct sbx_err *err)
{
	struct sysinfo info;

	*amount = limit->value;
	if (!limit->share || id != SBX_LIMIT_MEMORY)
		return 0;
	if (sysinfo(&info) < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "sysinfo");
	*amount = (uint64_t)info.totalram * info.mem_unit / SBX_WHOLE * limit->share;
	return 0;
}

/* What is held at the end and by a look now and then; what one file may reach, at once. */
static void take_outputs(struct sbx_limits *limits)
{
	const uint64_t output = limits->value[SBX_LIMIT_OUTPUT], largest = limits->largest;

	for (int id = SBX_LIMIT_OUTPUT; id <= SBX_LIMIT_OUTPUT_FILES; id++)
		limits->held[id] = limits->value[id] == SBX_UNLIMITED ? SBX_HELD_NOT : SBX_HELD_LOADER;
	limits->file_by_output = output < AMOUNT_MAX && output + largest + 1 < limits->value[SBX_LIMIT_FILE_SIZE];
	if (limits->file_by_output) /* with one more, copy_file_range(2) can be asked at the end for what isn't there */
		limits->value[SBX_LIMIT_FILE_SIZE] = output + largest + 1;
}

int sbx_limits_take(struct sbx_limits *limits, const struct sbx_policy_blob *policy, const char *cwd, bool watched,
		    struct sbx_err *err)
{
	limits->named = 0;
	limits->late = limits->scope.wanted = false;
	limits->extra = watched && (policy->namespaces & CLONE_NEWPID) && !(policy->flags & SBX_POLICY_AS_PID_1);
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		if (take_amount(&policy->limits[id], (enum sbx_limit_id)id, &limits->value[id], err) < 0)
			return -1;
		limits->held[id] = SBX_HELD_NOT;
		limits->reason[id] = NULL;
		limits->named |= policy->limits[id].named ? 1u << id : 0;
	}
	limits->named &= ~(1u << SBX_LIMIT_GRACE); /* of the wall clock, and no limit by itself */
	if (limits->value[SBX_LIMIT_IO] != SBX_UNLIMITED && !sbx_io_device_of(cwd, limits->disk)) {
		*limits->disk = 0;
		limits->reason[SBX_LIMIT_IO] = "the working directory is on no disk";
	}
	if (watched)
		take_outputs(limits);
	if (!watched || limits->value[SBX_LIMIT_WALL] == SBX_UNLIMITED)
		return 0;
	if (sbx_clock_prepare() < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "wall: a timer");
	limits->held[SBX_LIMIT_WALL] = limits->held[SBX_LIMIT_GRACE] = SBX_HELD_LOADER;
	return 0;
}
