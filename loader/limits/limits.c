/* SPDX-License-Identifier: MIT */
/*
 * limits.c -- best first: a cgroup of one's own at no cost, one from systemd, a resource limit that means the same. A
 * built-in default is held where that costs nothing; one that is named is held, or nothing runs.
 */
#include "loader/limits/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "loader/limits/cgroup_leave.h"
#include "loader/limits/limits_take.h"
#include "shim/err.h"

/* The number that is held: processes of sbx's own count as well. */
static uint64_t held_amount(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	return limits->value[id] + (id == SBX_LIMIT_PIDS ? limits->extra : 0);
}

/* What is written into the cgroup's file; NULL when there is no such thing here. */
static const char *file_text(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	const unsigned long long value = held_amount(limits, id);
	static char text[128];

	if (id == SBX_LIMIT_CPU) {
		snprintf(text, sizeof(text), "%llu %u", value, SBX_CPU_PERIOD_US);
	} else if (id == SBX_LIMIT_IO) {
		if (!*limits->disk)
			return NULL;
		snprintf(text, sizeof(text), "%s rbps=%llu wbps=%llu", limits->disk, value, value);
	} else {
		snprintf(text, sizeof(text), "%llu", value);
	}
	return text;
}

/* There is such a limit, and nothing holds it (yet). */
static bool is_wanted(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	return limits->value[id] != SBX_UNLIMITED && limits->held[id] == SBX_HELD_NOT;
}

/* 0, or those for what the caller's own cgroup is limited to as well. */
static uint32_t wanted_controllers(const struct sbx_limits *limits)
{
	uint32_t wanted = 0, inherited = 0;

	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		if (is_wanted(limits, (enum sbx_limit_id)id))
			wanted |= sbx_holders[id].controller;
		if (sbx_holders[id].inherited)
			inherited |= sbx_holders[id].controller;
	}
	return wanted ? wanted | inherited : 0;
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

	return sbx_holders[id].inherited && sbx_cgroup_own(sbx_holders[id].file, &own) ? own : SBX_UNLIMITED;
}

/* The leaf lies beside the caller's cgroup and not in it: what holds there holds here, or there is no leaf. */
static void use_cgroup(struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const bool has = sbx_holders[id].controller & limits->cgroup.has;
		const uint64_t own = has ? own_limit(id) : SBX_UNLIMITED;
		const char *text;

		if (!has || (!is_wanted(limits, (enum sbx_limit_id)id) && own == SBX_UNLIMITED))
			continue;
		limits->value[id] = own < limits->value[id] ? own : limits->value[id];
		text = file_text(limits, (enum sbx_limit_id)id);
		if (text && sbx_cgroup_set(&limits->cgroup, sbx_holders[id].file, text) == 0)
			limits->held[id] = SBX_HELD_CGROUP;
		else if (text)
			limits->reason[id] = "the cgroup takes no such limit";
		if (limits->reason[id] && !(limits->named & (1u << id))) /* else it is refused, or told of */
			sbx_cgroup_expect(errno, sbx_holders[id].file);
		if (limits->held[id] == SBX_HELD_NOT && own != SBX_UNLIMITED) {
			drop_cgroup(limits, "this cgroup's own limits can't be taken over");
			return;
		}
	}
}

/* The first limit that is named and not held, or -1. */
static int first_unheld(const struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (is_wanted(limits, (enum sbx_limit_id)id) && (limits->named & (1u << id)))
			return id;
	return -1;
}

const char *sbx_limits_why(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	return limits->reason[id] ? limits->reason[id] : limits->why ? limits->why : "nothing was started";
}

static int refuse_limit(const struct sbx_limits *limits, int id, struct sbx_err *err)
{
	sbx_err_set(err, SBX_STEP_LIMITS, 0, "");
	snprintf(err->subject, sizeof(err->subject), "%s = %s can't be held: %s",
		 sbx_limits_name((enum sbx_limit_id)id), sbx_limits_text((enum sbx_limit_id)id, limits->value[id]),
		 sbx_limits_why(limits, (enum sbx_limit_id)id));
	return -1;
}

/* Resource limits that mean the same, where nothing better holds. */
static int plan_rlimits(struct sbx_limits *limits, uint32_t namespaces, struct sbx_err *err)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const struct sbx_rlimit *rlimit = &sbx_holders[id].rlimit;
		int holds;

		if (!rlimit->unit || rlimit->each || !is_wanted(limits, (enum sbx_limit_id)id))
			continue;
		holds = sbx_rlimits_hold(rlimit, namespaces, &limits->reason[id]);
		if (holds < 0)
			return sbx_err_set(err, SBX_STEP_LIMITS, errno, sbx_limits_name((enum sbx_limit_id)id));
		if (holds)
			limits->held[id] = SBX_HELD_RLIMIT;
	}
	return 0;
}

/* `pid`, 0 for this process; `late`: only what a cgroup might have held. */
static int set_rlimits(const struct sbx_limits *limits, pid_t pid, bool late, struct sbx_err *err)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (limits->held[id] == SBX_HELD_RLIMIT && (!late || sbx_holders[id].controller) &&
		    sbx_rlimits_set(&sbx_holders[id].rlimit, pid, held_amount(limits, (enum sbx_limit_id)id)) < 0)
			return sbx_err_set(err, SBX_STEP_LIMITS, errno, sbx_limits_name((enum sbx_limit_id)id));
	return 0;
}

int sbx_limits_apply(const struct sbx_limits *limits, struct sbx_err *err)
{
	return set_rlimits(limits, 0, false, err);
}

/* best_effort: each process its own limit of memory, and nothing in place of the rest. */
static int accept_unheld(struct sbx_limits *limits, const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	if (first_unheld(limits) >= 0 && !(policy->best_effort & (1u << SBX_LAYER_LIMITS)))
		return refuse_limit(limits, first_unheld(limits), err);
	for (int id = first_unheld(limits); id >= 0; id = first_unheld(limits)) {
		const bool each = sbx_holders[id].rlimit.each;

		sbx_say(stderr, "sbx-wrap: limits: %s = %s: %s; %s, as best_effort says",
			sbx_limits_name((enum sbx_limit_id)id),
			sbx_limits_text((enum sbx_limit_id)id, limits->value[id]),
			sbx_limits_why(limits, (enum sbx_limit_id)id),
			each ? "each process is held to it by itself" : "runs without it");
		if (each)
			limits->held[id] = SBX_HELD_RLIMIT;
		limits->named &= ~(1u << id);
	}
	return 0;
}

void sbx_limits_init(struct sbx_limits *limits)
{
	limits->cgroup.dir = limits->cgroup.parent = -1;
}

/* I/O is a disk's. */
static bool is_scopes(const struct sbx_limits *limits, int id)
{
	return sbx_holders[id].property && (!sbx_holders[id].write_property || *limits->disk);
}

static bool wants_scope(const struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if ((limits->named & (1u << id)) && is_scopes(limits, id))
			return true;
	return false;
}

/* A scope, too, is another cgroup than the caller's. */
static bool scope_possible(struct sbx_limits *limits)
{
	const char *mount = sbx_cgroup_mount(), *path = sbx_cgroup_own_path();

	if (!mount || !path || !sbx_scope_possible(&limits->scope, &limits->why) ||
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
	uint32_t wanted;
	bool scope;

	if (sbx_limits_take(limits, policy, cwd, watched, err) < 0)
		return -1;
	wanted = watched ? wanted_controllers(limits) : 0;
	limits->why = "nobody watches a command that runs in place";
	if (wanted && sbx_cgroup_make(&limits->cgroup, wanted, &limits->why) == 0) {
		limits->why = "no controller for it is to be had in the cgroup above this one";
		use_cgroup(limits);
	}
	if (sbx_cgroup_check(err) < 0 || plan_rlimits(limits, policy->namespaces, err) < 0)
		return -1;
	if (first_unheld(limits) < 0)
		return 0;
	scope = watched && wants_scope(limits) && scope_possible(limits);
	if (sbx_cgroup_check(err) < 0)
		return -1;
	if (scope) {
		drop_cgroup(limits, limits->why);
		limits->scope.wanted = true;
		limits->lingers = limits->extra > 0;
		return 0;
	}
	return accept_unheld(limits, policy, err);
}

bool sbx_limits_holds_child(const struct sbx_limits *limits)
{
	return limits->scope.wanted || limits->late;
}

bool sbx_limits_has_cgroup(const struct sbx_limits *limits)
{
	return limits->scope.wanted || limits->cgroup.dir >= 0;
}

static void push_property(struct sbx_vec *list, const char *name, uint64_t value, const char *disk)
{
	char *text = sbx_format("%s=%llu%s%s", name, (unsigned long long)value, *disk ? " /dev/block/" : "", disk);

	sbx_vec_push(list, sizeof(text), &text);
}

static char **scope_properties(const struct sbx_limits *limits, struct sbx_vec *list)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const struct sbx_holder *holder = &sbx_holders[id];
		const char *disk = holder->write_property ? limits->disk : "";
		uint64_t value = held_amount(limits, (enum sbx_limit_id)id);

		if (!is_scopes(limits, id) || limits->value[id] == SBX_UNLIMITED)
			continue;
		if (id == SBX_LIMIT_CPU)
			value *= 1000000 / SBX_CPU_PERIOD_US;
		push_property(list, holder->property, value, disk);
		if (holder->write_property)
			push_property(list, holder->write_property, value, disk);
	}
	return sbx_vec_strings(list);
}

/* The child has been made for a cgroup that can't be had: what else there is, from outside. */
static int hold_without(struct sbx_limits *limits, const struct sbx_policy_blob *policy, pid_t child,
			struct sbx_err *err)
{
	limits->scope.wanted = false;
	return plan_rlimits(limits, policy->namespaces, err) < 0 || accept_unheld(limits, policy, err) < 0 ?
		       -1 :
		       set_rlimits(limits, child, true, err);
}

/* What is in force is what the kernel says; of I/O on whatever disk systemd has found behind the one that we have
 * named. */
static bool is_in_force(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	const char *file = sbx_holders[id].file;
	uint64_t value, wbps;

	if (!sbx_holders[id].controller || limits->value[id] == SBX_UNLIMITED)
		return false;
	if (id == SBX_LIMIT_IO)
		return sbx_cgroup_get(&limits->cgroup, file, "rbps=", &value) && value == limits->value[id] &&
		       sbx_cgroup_get(&limits->cgroup, file, "wbps=", &wbps) && wbps == value;
	return sbx_cgroup_get(&limits->cgroup, file, NULL, &value) && value != UINT64_MAX &&
	       (id == SBX_LIMIT_CPU || value <= held_amount(limits, id)); /* which may be of another period */
}

/* A scope's cgroup goes with its last process, file by file, and nothing can be told of what has gone. */
void sbx_limits_look(struct sbx_limits *limits)
{
	const struct sbx_cgroup *cgroup = &limits->cgroup;

	for (int id = 0; cgroup->dir >= 0 && id < SBX_LIMIT__COUNT; id++) {
		if (limits->held[id] != SBX_HELD_CGROUP || is_in_force(limits, (enum sbx_limit_id)id) ||
		    (cgroup->parent < 0 && faccessat(cgroup->dir, sbx_holders[id].file, F_OK, 0) < 0))
			continue;
		limits->held[id] = SBX_HELD_NOT;
		limits->reason[id] =
			sbx_format("somebody has changed %s of its cgroup meanwhile", sbx_holders[id].file);
		limits->lifted |= 1u << id;
	}
}

static void report_lifted(const struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (limits->lifted & limits->named & (1u << id))
			sbx_say(stderr, "sbx-wrap: limits: %s = %s was not held to the end: %s",
				sbx_limits_name((enum sbx_limit_id)id),
				sbx_limits_text((enum sbx_limit_id)id, limits->value[id]), limits->reason[id]);
}

int64_t sbx_limits_wall_by(struct sbx_limits *limits)
{
	if (limits->held[SBX_LIMIT_WALL] != SBX_HELD_LOADER)
		return SBX_NEVER;
	if (!limits->wall_by)
		limits->wall_by = sbx_clock_after(limits->value[SBX_LIMIT_WALL]);
	return limits->wall_by;
}

int sbx_limits_adopt(struct sbx_limits *limits, const struct sbx_policy_blob *policy, pid_t child, struct sbx_err *err)
{
	struct sbx_vec list = { 0 };

	if (limits->late && sbx_cgroup_set(&limits->cgroup, "cgroup.procs", sbx_format("%d", (int)child)) < 0) {
		sbx_cgroup_expect(errno, "cgroup.procs");
		drop_cgroup(limits, "the sandbox can't be moved into a cgroup");
		return sbx_cgroup_check(err) < 0 ? -1 : hold_without(limits, policy, child, err);
	}
	if (!limits->scope.wanted)
		return 0;
	if (sbx_scope_start(&limits->scope, child, scope_properties(limits, &list), sbx_limits_wall_by(limits),
			    &limits->cgroup, &limits->why) < 0)
		return hold_without(limits, policy, child, err);
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (is_in_force(limits, (enum sbx_limit_id)id))
			limits->held[id] = SBX_HELD_CGROUP;
	limits->why = "systemd gives no such controller";
	return accept_unheld(limits, policy, err) < 0 ? -1 : set_rlimits(limits, child, true, err);
}

int sbx_limits_try_scope(struct sbx_limits *limits, const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	const pid_t loader = getpid();
	pid_t child;
	int ret;

	if (!limits->scope.wanted)
		return 0;
	child = fork();
	if (child < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "fork");
	if (child == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == loader)
			pause();
		_exit(0);
	}
	ret = sbx_limits_adopt(limits, policy, child, err);
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return ret;
}

void sbx_limits_finish(struct sbx_limits *limits)
{
	report_lifted(limits);
	sbx_cgroup_remove(&limits->cgroup);
}
