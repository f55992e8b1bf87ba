/* SPDX-License-Identifier: MIT */
/*
 * usage.c -- the kernel's own accounts: wait4(2), the cgroup's files; and, where
 * limits.pids is held by RLIMIT_NPROC, which nobody is told of, a look at the number of tasks now and then.
 */
#include "loader/limits/usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader/base/clock.h"

#define SAMPLE_MS 500
#define DEPTH_MAX 64

void sbx_usage_init(struct sbx_usage *usage)
{
	usage->space.look_at = SBX_NEVER;
	usage->sample_at = SBX_NEVER;
	usage->began = sbx_clock_now();
	usage->peak = usage->read = usage->written = usage->ooms = usage->oom_kills = usage->pids_refused =
		usage->pids_peak = SBX_UNKNOWN;
}

void sbx_usage_begin(struct sbx_usage *usage, const struct sbx_limits *limits)
{
	if (limits->held[SBX_LIMIT_PIDS] == SBX_HELD_RLIMIT)
		usage->sample_at = sbx_clock_after(SAMPLE_MS);
}

static uint64_t count_tasks(pid_t pid, uint64_t most, int depth);

/* The children of one thread; UNTRUSTED are only their number and how they hang together, and both are bounded. */
static uint64_t count_children(pid_t pid, const char *tid, uint64_t most, int depth)
{
	char path[64], *word = NULL;
	size_t room = 0;
	uint64_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/children", (int)pid, tid);
	file = fopen(path, "re");
	while (file && count < most && getdelim(&word, &room, ' ', file) > 0)
		count += count_tasks((pid_t)strtol(word, NULL, 10), most - count, depth + 1);
	free(word);
	if (file)
		fclose(file);
	return count;
}

static uint64_t count_tasks(pid_t pid, uint64_t most, int depth)
{
	const struct dirent *entry;
	uint64_t count = 0;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	while (dir && count < most && (entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			count++;
			count += count < most ? count_children(pid, entry->d_name, most - count, depth) : 0;
		}
	if (dir)
		closedir(dir);
	return count;
}

void sbx_usage_sample(struct sbx_usage *usage, const struct sbx_limits *limits, pid_t child)
{
	const uint64_t most = limits->value[SBX_LIMIT_PIDS] + limits->extra;

	usage->pids_seen |= count_tasks(child, most, 0) >= most;
	usage->sample_at = usage->pids_seen ? SBX_NEVER : sbx_clock_after(SAMPLE_MS);
}

void sbx_usage_cgroup(struct sbx_usage *usage, struct sbx_limits *limits)
{
	static const struct {
		size_t field;
		const char *file, *key;
	} table[] = {
		{ offsetof(struct sbx_usage, peak), "memory.peak", NULL },
		{ offsetof(struct sbx_usage, ooms), "memory.events", "oom" },
		{ offsetof(struct sbx_usage, oom_kills), "memory.events", "oom_kill" },
		{ offsetof(struct sbx_usage, pids_refused), "pids.events", "max" },
		{ offsetof(struct sbx_usage, pids_peak), "pids.peak", NULL },
		{ offsetof(struct sbx_usage, read), "io.stat", "rbytes=" },
		{ offsetof(struct sbx_usage, written), "io.stat", "wbytes=" },
	};

	sbx_limits_look(limits);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		sbx_cgroup_get(&limits->cgroup, table[i].file, table[i].key,
			       (uint64_t *)(void *)((char *)usage + table[i].field));
}

void sbx_usage_take(struct sbx_usage *usage, struct sbx_limits *limits)
{
	usage->wall_ns = sbx_clock_now() - usage->began;
	sbx_usage_cgroup(usage, limits);
	sbx_space_end(&usage->space);
}
