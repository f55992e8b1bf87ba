/*
 * limits.c -- best first: a cgroup of one's own at no cost, one from systemd, a resource limit that means the same. A
 * built-in default is held where that costs nothing; one that is named is held, or nothing runs.
 */
#include "loader/limits/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/base/vec.h"
#include "loader/limits/io_device.h"
#include "loader/limits/cgroup_leave.h"
#include "loader/limits/rlimits.h"
#include "shim/err.h"

#define CPU_PERIOD_US 100000u

static const char *const names[SBX_LIMIT__COUNT] = {
#define X(id, key, ...) [SBX_LIMIT_##id] = (key),
	SBX_LIMITS(X, X)
#undef X
};

/* What a cgroup holds: the controller's bit, the file, and the caller's own one whose lower value counts, or NULL. */
static const struct {
	uint32_t controller;
	const char *file, *own;
} in_cgroup[SBX_LIMIT__COUNT] = {
	[SBX_LIMIT_MEMORY] = { 1u << SBX_CONTROLLER_MEMORY, "memory.max", "memory.max" },
	[SBX_LIMIT_SWAP] = { 1u << SBX_CONTROLLER_MEMORY, "memory.swap.max", NULL },
	[SBX_LIMIT_PIDS] = { 1u << SBX_CONTROLLER_PIDS, "pids.max", "pids.max" },
	[SBX_LIMIT_CPU] = { 1u << SBX_CONTROLLER_CPU, "cpu.max", NULL },
	[SBX_LIMIT_IO] = { 1u << SBX_CONTROLLER_IO, "io.max", NULL },
};

#define TAKEN_OVER (1u << SBX_CONTROLLER_MEMORY | 1u << SBX_CONTROLLER_PIDS) /* the controllers of .own */
#define IN_SCOPE                                                                \
	(1u << SBX_LIMIT_MEMORY | 1u << SBX_LIMIT_SWAP | 1u << SBX_LIMIT_PIDS | \
	 1u << SBX_LIMIT_CPU) /* and I/O, of a disk */

enum unit { UNIT_BYTES, UNIT_COUNT, UNIT_PERCENT, UNIT_TIME, UNIT_RATE };
static const enum unit units[SBX_LIMIT__COUNT] = {
	[SBX_LIMIT_PIDS] = UNIT_COUNT, [SBX_LIMIT_OPEN_FILES] = UNIT_COUNT, [SBX_LIMIT_CPU] = UNIT_PERCENT,
	[SBX_LIMIT_WALL] = UNIT_TIME,  [SBX_LIMIT_GRACE] = UNIT_TIME,       [SBX_LIMIT_CPU_TIME] = UNIT_TIME,
	[SBX_LIMIT_IO] = UNIT_RATE,
};

const char *sbx_limits_name(enum sbx_limit_id id)
{
	return names[id];
}

static const char *bytes_text(uint64_t value, char text[32])
{
	static const char scales[] = "\0KMGT";
	int scale = 0;
	double number = (double)value;

	for (; number >= 1024 && scale < 4; scale++)
		number /= 1024;
	snprintf(text, 32, number == (double)(uint64_t)number ? "%.0f%c" : "%.1f%c", number, scales[scale]);
	return text;
}

const char *sbx_limits_text(enum sbx_limit_id id, uint64_t value)
{
	static char text[32];

	if (value == SBX_UNLIMITED)
		return "unlimited";
	if (units[id] == UNIT_BYTES || units[id] == UNIT_RATE)
		return bytes_text(value, text);
	if (units[id] == UNIT_COUNT)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	else if (units[id] == UNIT_PERCENT)
		snprintf(text, sizeof(text), "%g%%", (double)value * 100 / CPU_PERIOD_US);
	else
		snprintf(text, sizeof(text), "%gs", (double)value / 1000);
	return text;
}

/* What is written into the cgroup's file; NULL when there is no such thing here. */
static const char *file_text(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	uint64_t value = limits->value[id];
	static char text[128];

	if (id == SBX_LIMIT_CPU) {
		snprintf(text, sizeof(text), "%llu %u", (unsigned long long)value, CPU_PERIOD_US);
	} else if (id == SBX_LIMIT_IO) {
		if (!*limits->disk)
			return NULL;
		snprintf(text, sizeof(text), "%s rbps=%llu wbps=%llu", limits->disk, (unsigned long long)value,
			 (unsigned long long)value);
	} else {
		value += id == SBX_LIMIT_PIDS ? limits->extra : 0;
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	}
	return text;
}

bool sbx_limits_wanted(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	return limits->value[id] != SBX_UNLIMITED && limits->held[id] == SBX_HELD_NOT;
}

static uint32_t wanted_controllers(const struct sbx_limits *limits)
{
	uint32_t wanted = 0;

	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (sbx_limits_wanted(limits, (enum sbx_limit_id)id))
			wanted |= in_cgroup[id].controller;
	return wanted;
}

static void drop_cgroup(struct sbx_limits *limits, const char *why)
{
	sbx_cgroup_remove(&limits->cgroup);
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (limits->held[id] == SBX_HELD_CGROUP)
			limits->held[id] = SBX_HELD_NOT;
	limits->late = false;
	limits->why = why;
}

/* What the caller's own cgroup is limited to; cgroup_leave.c sees to what isn't taken over like this. */
static uint64_t own_limit(int id)
{
	uint64_t own;

	return in_cgroup[id].own && sbx_cgroup_own(in_cgroup[id].own, &own) ? own : SBX_UNLIMITED;
}

/* The leaf lies beside the caller's cgroup and not in it: what holds there holds here, or there is no leaf. */
static void use_cgroup(struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const uint64_t own = in_cgroup[id].controller & limits->cgroup.has ? own_limit(id) : SBX_UNLIMITED;
		const char *text;

		if (!(in_cgroup[id].controller & limits->cgroup.has) ||
		    (!sbx_limits_wanted(limits, (enum sbx_limit_id)id) && own == SBX_UNLIMITED))
			continue;
		limits->value[id] = own < limits->value[id] ? own : limits->value[id];
		text = file_text(limits, (enum sbx_limit_id)id);
		if (text && sbx_cgroup_set(&limits->cgroup, in_cgroup[id].file, text) == 0)
			limits->held[id] = SBX_HELD_CGROUP;
		else if (text)
			limits->reason[id] = "the cgroup takes no such limit";
		if (limits->held[id] == SBX_HELD_NOT && own != SBX_UNLIMITED) {
			drop_cgroup(limits, "this cgroup's own limits can't be taken over");
			return;
		}
	}
}

/* The first limit that is named and not held, or -1. */
static int first_open(const struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (sbx_limits_wanted(limits, (enum sbx_limit_id)id) && (limits->named & (1u << id)))
			return id;
	return -1;
}

const char *sbx_limits_why(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	return limits->reason[id] ? limits->reason[id] : limits->why ? limits->why : "nothing was started";
}

static int refuse(const struct sbx_limits *limits, int id, struct sbx_err *err)
{
	sbx_err_set(err, SBX_STEP_LIMITS, 0, "");
	snprintf(err->subject, sizeof(err->subject), "%s = %s can't be held: %s", names[id],
		 sbx_limits_text((enum sbx_limit_id)id, limits->value[id]),
		 sbx_limits_why(limits, (enum sbx_limit_id)id));
	return -1;
}

/* best_effort: each process its own limit of memory, and nothing in place of the rest. */
static int settle(struct sbx_limits *limits, const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	if (first_open(limits) >= 0 && !(policy->best_effort & (1u << SBX_LAYER_LIMITS)))
		return refuse(limits, first_open(limits), err);
	for (int id = first_open(limits); id >= 0; id = first_open(limits)) {
		const bool memory = id == SBX_LIMIT_MEMORY;

		fprintf(stderr, "sbx-wrap: limits: %s = %s: %s; %s, as best_effort says\n", names[id],
			sbx_limits_text((enum sbx_limit_id)id, limits->value[id]),
			sbx_limits_why(limits, (enum sbx_limit_id)id),
			memory ? "each process is held to it by itself" : "runs without it");
		if (memory)
			limits->held[SBX_LIMIT_MEMORY] = SBX_HELD_RLIMIT;
		limits->named &= ~(1u << id);
	}
	return 0;
}

void sbx_limits_init(struct sbx_limits *limits)
{
	limits->cgroup.dir = limits->cgroup.parent = -1;
}

static int take_amount(const struct sbx_limit *limit, uint64_t *amount, struct sbx_err *err)
{
	struct sysinfo info;

	*amount = limit->value;
	if (!limit->share)
		return 0;
	if (sysinfo(&info) < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "sysinfo");
	*amount = (uint64_t)info.totalram * info.mem_unit / SBX_WHOLE * limit->share;
	return 0;
}

static int take_policy(struct sbx_limits *limits, const struct sbx_policy_blob *policy, const char *cwd, bool watched,
		       struct sbx_err *err)
{
	limits->named = 0;
	limits->late = limits->scope.wanted = false;
	limits->extra = watched && !(policy->flags & SBX_POLICY_AS_PID_1);
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		if (take_amount(&policy->limits[id], &limits->value[id], err) < 0)
			return -1;
		limits->held[id] = SBX_HELD_NOT;
		limits->reason[id] = NULL;
		limits->named |= policy->limits[id].named ? 1u << id : 0;
	}
	limits->named &= ~(1u << SBX_LIMIT_GRACE); /* of the wall clock, and no limit by itself */
	if (sbx_limits_wanted(limits, SBX_LIMIT_IO) && !sbx_io_device_of(cwd, limits->disk)) {
		*limits->disk = 0;
		limits->reason[SBX_LIMIT_IO] = "the working directory is on no disk";
	}
	if (!watched || limits->value[SBX_LIMIT_WALL] == SBX_UNLIMITED)
		return 0;
	if (sbx_clock_prepare() < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "wall: a timer");
	limits->held[SBX_LIMIT_WALL] = limits->held[SBX_LIMIT_GRACE] = SBX_HELD_LOADER;
	return 0;
}

/* A scope, too, is another cgroup than the caller's. */
static bool scope_possible(struct sbx_limits *limits)
{
	const char *mount = sbx_cgroup_mount();
	const char *path = sbx_cgroup_own_path();

	if (!mount || !path || !sbx_scope_possible(&limits->scope) ||
	    !sbx_cgroup_leave_for_scope(mount, path, &limits->why))
		return false;
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const uint64_t own = own_limit(id);

		if (own == SBX_UNLIMITED)
			continue;
		limits->named |= 1u << id;
		limits->value[id] = own < limits->value[id] ? own : limits->value[id];
	}
	return true;
}

int sbx_limits_plan(struct sbx_limits *limits, const struct sbx_policy_blob *policy, const char *cwd, bool watched,
		    struct sbx_err *err)
{
	uint32_t wanted, in_scope;

	if (take_policy(limits, policy, cwd, watched, err) < 0)
		return -1;
	wanted = watched ? wanted_controllers(limits) : 0;
	limits->why = "nobody watches a command that runs in place";
	if (wanted && sbx_cgroup_make(&limits->cgroup, wanted | TAKEN_OVER, &limits->why) == 0) {
		limits->why = "no controller for it is to be had in the cgroup above this one";
		use_cgroup(limits);
	}
	sbx_rlimits_plan(limits, policy);
	if (first_open(limits) < 0)
		return 0;
	in_scope = IN_SCOPE | (*limits->disk ? 1u << SBX_LIMIT_IO : 0);
	if (watched && (limits->named & in_scope) && scope_possible(limits)) {
		drop_cgroup(limits, limits->why);
		limits->scope.wanted = true;
		limits->lingers = limits->extra > 0;
		return 0;
	}
	return settle(limits, policy, err);
}

bool sbx_limits_holds_child(const struct sbx_limits *limits)
{
	return limits->scope.wanted || limits->late;
}

bool sbx_limits_has_cgroup(const struct sbx_limits *limits)
{
	return limits->scope.wanted || limits->cgroup.dir >= 0;
}

static char **scope_properties(const struct sbx_limits *limits, struct sbx_vec *list)
{
	static const char *const properties[SBX_LIMIT__COUNT] = {
		[SBX_LIMIT_MEMORY] = "MemoryMax",
		[SBX_LIMIT_SWAP] = "MemorySwapMax",
		[SBX_LIMIT_PIDS] = "TasksMax",
		[SBX_LIMIT_CPU] = "CPUQuotaPerSecUSec",
	};

	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		uint64_t value = limits->value[id];
		char *text;

		if (!properties[id] || value == SBX_UNLIMITED)
			continue;
		if (id == SBX_LIMIT_CPU)
			value *= 1000000 / CPU_PERIOD_US;
		if (id == SBX_LIMIT_PIDS)
			value += limits->extra;
		text = sbx_format("%s=%llu", properties[id], (unsigned long long)value);
		sbx_vec_push(list, sizeof(text), &text);
	}
	for (size_t i = 0; *limits->disk && i < 2; i++) {
		char *text = sbx_format("%s=%llu /dev/block/%s", i ? "IOWriteBandwidthMax" : "IOReadBandwidthMax",
					(unsigned long long)limits->value[SBX_LIMIT_IO], limits->disk);

		sbx_vec_push(list, sizeof(text), &text);
	}
	return sbx_vec_strings(list);
}

/* The child has been made for a cgroup that can't be had: what else there is, from outside. */
static int hold_without(struct sbx_limits *limits, const struct sbx_policy_blob *policy, pid_t child,
			struct sbx_err *err)
{
	limits->scope.wanted = false;
	sbx_rlimits_plan(limits, policy);
	return settle(limits, policy, err) < 0 ? -1 : sbx_rlimits_give(limits, child, err);
}

/* What is in force is what the kernel says; of I/O on whatever disk systemd has found behind the one that we have
 * named. */
static bool in_force(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	const char *file = in_cgroup[id].file;
	uint64_t value, wbps;

	if (!in_cgroup[id].controller || limits->value[id] == SBX_UNLIMITED)
		return false;
	if (id == SBX_LIMIT_IO)
		return sbx_cgroup_get(&limits->cgroup, file, "rbps=", &value) && value == limits->value[id] &&
		       sbx_cgroup_get(&limits->cgroup, file, "wbps=", &wbps) && wbps == value;
	return sbx_cgroup_get(&limits->cgroup, file, NULL, &value) && value != UINT64_MAX;
}

int sbx_limits_adopt(struct sbx_limits *limits, const struct sbx_policy_blob *policy, pid_t child, struct sbx_err *err)
{
	struct sbx_vec list = { 0 };

	if (limits->late && sbx_cgroup_set(&limits->cgroup, "cgroup.procs", sbx_format("%d", (int)child)) < 0) {
		drop_cgroup(limits, "the sandbox can't be moved into a cgroup");
		return hold_without(limits, policy, child, err);
	}
	if (!limits->scope.wanted)
		return 0;
	if (sbx_scope_start(&limits->scope, child, scope_properties(limits, &list), &limits->cgroup, &limits->why) < 0)
		return hold_without(limits, policy, child, err);
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (in_force(limits, (enum sbx_limit_id)id))
			limits->held[id] = SBX_HELD_CGROUP;
	limits->why = "systemd gives no such controller";
	return settle(limits, policy, err) < 0 ? -1 : sbx_rlimits_give(limits, child, err);
}

void sbx_limits_finish(struct sbx_limits *limits)
{
	sbx_cgroup_remove(&limits->cgroup);
}
