/*
 * rlimits.c -- setrlimit(2), never above what the caller has; and where a resource limit would be no limit.
 */
#include "loader/limits/rlimits.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "loader/base/read_text.h"

#define QUEUE_PART 16
#define QUEUE_LEAST 256

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
static bool nproc_holds(uint32_t namespaces)
{
	unsigned long version, patch;
	struct utsname name;
	char *end;

	if (is_root_outside() || !(namespaces & CLONE_NEWUSER) || uname(&name) < 0)
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

bool sbx_rlimits_hold(const struct sbx_rlimit *rlimit, uint32_t namespaces, const char **why)
{
	if (rlimit->resource == RLIMIT_NPROC)
		return nproc_holds(namespaces);
	if (rlimit->resource != RLIMIT_CORE || core_holds())
		return true;
	*why = "the caller's hard limit is 0, and a core_pattern that is a pipe takes that for any size";
	return false;
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
