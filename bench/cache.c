/* SPDX-License-Identifier: MIT */
/*
 * cache.c -- the policy from the cache against the policy compiled: the entry is removed before each run of the second.
 * It is one of the benchmark's own, found by its appearing when its key is used first.
 */
#include "bench/bench.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_MAX 4096

static char *entry; /* the path of the cache's file; NULL: not found */

static char *cache_directory(void)
{
	const char *home = getenv("HOME");

	return geteuid() == 0 ? bench_format("/var/cache/sbx") : bench_format("%s/.cache/sbx", home ? home : "");
}

/* Names in `dir`, at most `max`; the count. */
static size_t list(const char *dir, char **names, size_t max)
{
	DIR *open = opendir(dir);
	struct dirent *found;
	size_t count = 0;

	while (open && count < max && (found = readdir(open)))
		names[count++] = bench_format("%s", found->d_name);
	if (open)
		closedir(open);
	return count;
}

static bool among(char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void forget(void)
{
	if (entry)
		unlink(entry);
}

/* Run once with a key that nobody else uses, and see which file that makes. */
static void find_entry(const struct bench_candidate *candidate)
{
	static char *before[ENTRIES_MAX], *after[ENTRIES_MAX];
	char *dir = cache_directory();
	const size_t count = list(dir, before, ENTRIES_MAX);
	size_t now;
	char why[160];

	bench_try(candidate, bench_words(candidate->argv), why, sizeof(why));
	now = list(dir, after, ENTRIES_MAX);
	for (size_t i = 0; i < now && !entry; i++)
		if (!among(before, count, after[i]))
			entry = bench_format("%s/%s", dir, after[i]);
}

void bench_section_cache(void)
{
	const char *own = bench_format("limits.tmp_inodes=%u", 20000 + (unsigned)getpid() % 20000);
	const struct bench_candidate candidates[] = {
		*bench_find("true"),
		{ .name = "cached", .argv = BENCH_WORDS("@sbx-wrap", "--set", own, "/usr/bin/true") },
		{ .name = "compiled",
		  .argv = BENCH_WORDS("@sbx-wrap", "--set", own, "/usr/bin/true"),
		  .before = forget },
	};
	const size_t count = BENCH_COUNT(candidates);
	struct bench_result *results;

	find_entry(&candidates[1]);
	if (!entry) {
		bench_title("Cached policy: no entry appeared in the cache");
		return;
	}
	results = bench_series(candidates, count, bench.rounds);
	bench_report("cache", "Policy from the cache, and compiled for each run", results, count);
	forget();
}
