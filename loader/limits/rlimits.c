/*
 * rlimits.c -- setrlimit(2), never above what the caller has; and where a resource limit would be no limit.
 */
#include "loader/limits/rlimits.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "loader/base/read_text.h"
#include "shim/err.h"

#define QUEUE_PART 16
#define QUEUE_LEAST 256

static const struct rule {
	enum sbx_limit_id id;
	int resource;
	uint64_t unit, least,
		extra; /* extra: between the soft limit, which sends a signal, and the hard one, which kills */
	bool raises;   /* the soft limit, up to the hard one */
} rules[] = {
	{ SBX_LIMIT_PIDS, RLIMIT_NPROC, 1, 1, 0, false },
	{ SBX_LIMIT_CPU_TIME, RLIMIT_CPU, 1000, 1, 1, false },
	{ SBX_LIMIT_FILE_SIZE, RLIMIT_FSIZE, 1, 0, 0, false },
	{ SBX_LIMIT_OPEN_FILES, RLIMIT_NOFILE, 1, 1, 0, false },
	/* core(5): a core_pattern that is a pipe runs on the host and heeds no limit but 1, which means none at all */
	{ SBX_LIMIT_CORE, RLIMIT_CORE, 1, 1, 0, true },
	{ SBX_LIMIT_MEMORY, RLIMIT_AS, 1, 1, 0, false },
};

/* The machine's root, or who is it outside of this user namespace, as far as that can be seen: RLIMIT_NPROC isn't for
 * them. */
static bool is_root_outside(void)
{
	char text[128], *at = text;
	unsigned long inner, outer, count;

	if (geteuid() == 0 || sbx_read_text(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) <= 0)
		return geteuid() == 0;
	inner = strtoul(at, &at, 10);
	outer = strtoul(at, &at, 10);
	count = strtoul(at, &at, 10);
	return outer <= inner && geteuid() == inner - outer && geteuid() - inner < count;
}

/* Counted for the namespace alone since Linux 5.14; and never for root: user_namespaces(7), getrlimit(2). */
static bool nproc_holds(const struct sbx_policy_blob *policy)
{
	unsigned long version, patch;
	struct utsname name;
	char *end;

	if (is_root_outside() || !(policy->namespaces & CLONE_NEWUSER) || uname(&name) < 0)
		return false;
	version = strtoul(name.release, &end, 10);
	patch = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return version > 5 || (version == 5 && patch >= 14);
}

/* With a hard limit of 0 the 1 is out of reach, but for root. */
static bool core_holds(void)
{
	const struct rlimit one = { 1, 1 };
	struct rlimit old;
	char pattern[8];

	if (getrlimit(RLIMIT_CORE, &old) < 0 || old.rlim_max > 0 || setrlimit(RLIMIT_CORE, &one) == 0)
		return true;
	return sbx_read_text(AT_FDCWD, "/proc/sys/kernel/core_pattern", pattern, sizeof(pattern)) <= 0 ||
	       pattern[0] != '|';
}

void sbx_rlimits_plan(struct sbx_limits *limits, const struct sbx_policy_blob *policy)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const enum sbx_limit_id id = rules[i].id;

		if (id == SBX_LIMIT_MEMORY || !sbx_limits_wanted(limits, id))
			continue;
		if (id == SBX_LIMIT_CORE && !core_holds())
			limits->reason[id] =
				"the caller's hard limit is 0, and a core_pattern that is a pipe takes that for any "
				"size";
		else if (id != SBX_LIMIT_PIDS || nproc_holds(policy))
			limits->held[id] = SBX_HELD_RLIMIT;
	}
}

static uint64_t least_of(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static int set_one(const struct sbx_limits *limits, const struct rule *rule, pid_t pid, struct sbx_err *err)
{
	const uint64_t limit = limits->value[rule->id] + (rule->id == SBX_LIMIT_PIDS ? limits->extra : 0);
	uint64_t value = limit / rule->unit + !!(limit % rule->unit);
	struct rlimit old, new;

	if (value < rule->least)
		value = rule->least;
	if (prlimit(pid, rule->resource, NULL, &old) < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, sbx_limits_name(rule->id));
	new.rlim_max = least_of(value + rule->extra, old.rlim_max);
	new.rlim_cur = least_of(rule->raises ? value : least_of(value, old.rlim_cur), new.rlim_max);
	return prlimit(pid, rule->resource, &new, NULL) < 0 ?
		       sbx_err_set(err, SBX_STEP_LIMITS, errno, sbx_limits_name(rule->id)) :
		       0;
}

struct rlimit sbx_rlimits_lower_queue(void)
{
	struct rlimit was = { 0, 0 }, lower;

	if (getrlimit(RLIMIT_SIGPENDING, &was) < 0)
		return was;
	lower = was;
	lower.rlim_cur = least_of(was.rlim_cur,
				  was.rlim_max / QUEUE_PART > QUEUE_LEAST ? was.rlim_max / QUEUE_PART : QUEUE_LEAST);
	setrlimit(RLIMIT_SIGPENDING, &lower);
	return was;
}

void sbx_rlimits_restore_queue(const struct rlimit *was)
{
	if (was->rlim_max)
		setrlimit(RLIMIT_SIGPENDING, was);
}

int sbx_rlimits_apply(const struct sbx_limits *limits, struct sbx_err *err)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && ret == 0; i++)
		if (limits->held[rules[i].id] == SBX_HELD_RLIMIT)
			ret = set_one(limits, &rules[i], 0, err);
	return ret;
}

int sbx_rlimits_give(const struct sbx_limits *limits, pid_t child, struct sbx_err *err)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && ret == 0; i++)
		if (limits->held[rules[i].id] == SBX_HELD_RLIMIT &&
		    (rules[i].id == SBX_LIMIT_MEMORY || rules[i].id == SBX_LIMIT_PIDS))
			ret = set_one(limits, &rules[i], child, err);
	return ret;
}
