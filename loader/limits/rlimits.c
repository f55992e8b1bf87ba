/* SPDX-License-Identifier: MIT */
/*
 * rlimits.c -- setrlimit(2), never above what the caller has; and where a resource limit would be no limit.
 */
#include "loader/limits/rlimits.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "loader/base/read_text.h"
#include "shim/lookup.h"

#define QUEUE_PART 16
#define QUEUE_LEAST 256

/* The machine's root, or who is it outside of this user namespace, as far as that can be seen: RLIMIT_NPROC isn't for
 * them. */
static int is_root_outside(void)
{
	char text[128], *at = text;
	unsigned long inner, outer, count;

	if (geteuid() == 0)
		return true;
	if (sbx_read_text(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) < 0)
		return sbx_lookup_absent(errno) ? false : -1;
	inner = strtoul(at, &at, 10);
	outer = strtoul(at, &at, 10);
	count = strtoul(at, &at, 10);
	return outer <= inner && geteuid() == inner - outer && geteuid() - inner < count;
}

/* Counted for the namespace alone since Linux 5.14; and never for root: user_namespaces(7), getrlimit(2). */
static int nproc_holds(uint32_t namespaces)
{
	const int root = is_root_outside();
	unsigned long version, patch;
	struct utsname name;
	char *end;

	if (root > 0 || !(namespaces & CLONE_NEWUSER))
		return false;
	if (root < 0 || uname(&name) < 0)
		return -1;
	version = strtoul(name.release, &end, 10);
	patch = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return version > 5 || (version == 5 && patch >= 14);
}

/* With a hard limit of 0 the 1 is out of reach, but for root. */
static int core_holds(void)
{
	const struct rlimit one = { 1, 1 };
	struct rlimit old;
	char pattern[8];

	if (getrlimit(RLIMIT_CORE, &old) < 0)
		return -1;
	if (old.rlim_max > 0 || setrlimit(RLIMIT_CORE, &one) == 0)
		return true;
	if (sbx_read_text(AT_FDCWD, "/proc/sys/kernel/core_pattern", pattern, sizeof(pattern)) < 0 &&
	    !sbx_lookup_unreachable(errno))
		return -1;
	return pattern[0] != '|';
}

int sbx_rlimits_hold(const struct sbx_rlimit *rlimit, uint32_t namespaces, const char **why)
{
	int holds = true;

	if (rlimit->resource == RLIMIT_NPROC)
		return nproc_holds(namespaces);
	if (rlimit->resource == RLIMIT_CORE)
		holds = core_holds();
	if (!holds)
		*why = "the caller's hard limit is 0, and a core_pattern that is a pipe takes that for any size";
	return holds;
}

static uint64_t least_of(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

int sbx_rlimits_set(const struct sbx_rlimit *rlimit, pid_t pid, uint64_t limit)
{
	uint64_t value = limit / rlimit->unit + !!(limit % rlimit->unit);
	struct rlimit old, new;

	if (value < rlimit->least)
		value = rlimit->least;
	if (prlimit(pid, rlimit->resource, NULL, &old) < 0)
		return -1;
	new.rlim_max = least_of(value + rlimit->extra, old.rlim_max);
	new.rlim_cur = least_of(rlimit->raises ? value : least_of(value, old.rlim_cur), new.rlim_max);
	return prlimit(pid, rlimit->resource, &new, NULL);
}

int sbx_rlimits_lower_queue(struct rlimit *was)
{
	struct rlimit lower;

	if (getrlimit(RLIMIT_SIGPENDING, was) < 0)
		return -1;
	lower = *was;
	lower.rlim_cur = least_of(was->rlim_cur,
				  was->rlim_max / QUEUE_PART > QUEUE_LEAST ? was->rlim_max / QUEUE_PART : QUEUE_LEAST);
	return setrlimit(RLIMIT_SIGPENDING, &lower);
}

int sbx_rlimits_restore_queue(const struct rlimit *was)
{
	return setrlimit(RLIMIT_SIGPENDING, was);
}
