/* SPDX-License-Identifier: MIT */
/*
 * memory.c -- what a wrapper keeps while its command runs: the process that was started, where it isn't the command
 * itself. VmRSS counts pages of the program's file that all its processes share, RssAnon only its own, Pss its part of
 * both.
 */
#include "bench/bench.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_MS 500

static const char *const rows[] = { "floor-full", "sbx-nonet", "sbx-full", "bwrap", "bwrap-net" };

/* The number behind `key` in a file of /proc/PID, in kB; -1 where it doesn't stand there. */
static long value_of(pid_t pid, const char *file, const char *key)
{
	char *path = bench_format("/proc/%d/%s", (int)pid, file);
	FILE *from = fopen(path, "re");
	char line[256];
	long value = -1;

	while (from && value < 0 && fgets(line, sizeof(line), from))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key), NULL, 10);
	if (from)
		fclose(from);
	free(path);
	return value;
}

static void pause_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void measure(FILE *csv, const char *name)
{
	char **argv = bench_words(bench_wrap(name, BENCH_WORDS("/usr/bin/sleep", "30")));
	const pid_t pid = bench_start(argv, NULL);
	long rss, anon, pss;
	int status;

	if (pid < 0) {
		fprintf(bench.out, "  %-20s not here\n", name);
		fprintf(csv, "%s,,,,not here\n", name);
		return;
	}
	pause_ms(SETTLE_MS);
	rss = value_of(pid, "status", "VmRSS:");
	anon = value_of(pid, "status", "RssAnon:");
	pss = value_of(pid, "smaps_rollup", "Pss:");
	if (waitpid(pid, &status, WNOHANG) == 0) {
		kill(pid, SIGTERM);
		waitpid(pid, &status, 0);
	} else {
		rss = anon = pss = -1; /* it has ended by itself: it failed */
	}
	fprintf(bench.out, "  %-20s %8ld %8ld %8ld%s\n", name, rss, anon, pss, rss < 0 ? "  failed" : "");
	fprintf(csv, "%s,%ld,%ld,%ld,%s\n", name, rss, anon, pss, rss < 0 ? "failed" : "");
}

void bench_section_memory(void)
{
	FILE *csv = bench_csv("memory", "candidate,rss_kb,anon_kb,pss_kb,note");

	bench_title("Memory of the process that waits");
	fprintf(bench.out, "  %-20s %8s %8s %8s\n", "kB", "VmRSS", "RssAnon", "Pss");
	for (size_t i = 0; i < BENCH_COUNT(rows); i++)
		measure(csv, rows[i]);
	fflush(bench.out);
	fclose(csv);
}
