/* SPDX-License-Identifier: MIT */
/*
 * throughput.c -- how many runs a second 1, 2 and 4 callers get who start one after the other: where the kernel
 * serializes, a fast start alone doesn't help.
 */
#include "bench/bench.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAUNCHERS_MAX 4

static const unsigned launchers[] = { 1, 2, LAUNCHERS_MAX };
static const struct {
	const char *name;
	size_t peer; /* the row that it is compared with; its own: none */
} rows[] = {
	{ "true", 0 },          { "sbx-inplace", 4 },       { "sbx-nonet", 3 },
	{ "bwrap-seccomp", 3 }, { "bwrap-net-seccomp", 4 }, { "sbx-full", 4 },
};

/* Run after run until `end`; how many. */
static unsigned long launch(const struct bench_candidate *candidate, int64_t end)
{
	char **argv = bench_words(candidate->argv);
	unsigned long count = 0;
	int status = 0;

	while (bench_now() < end && status == 0) {
		bench_time(candidate, argv, &status);
		count++;
	}
	return status == 0 ? count : 0;
}

/* Runs a second of `count` launchers together; 0 when a run of theirs failed. */
static double measure(const struct bench_candidate *candidate, unsigned count, unsigned long *counts)
{
	const int64_t from = bench_now(), end = from + (int64_t)(bench.seconds * 1e9);
	unsigned long sum = 0;
	bool failed = false;

	fflush(NULL);
	for (unsigned i = 0; i < count; i++) {
		const pid_t pid = fork();

		if (pid < 0)
			bench_die("fork");
		if (pid == 0) {
			counts[i] = launch(candidate, end);
			_exit(0);
		}
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	for (unsigned i = 0; i < count; i++) {
		failed |= counts[i] == 0;
		sum += counts[i];
	}
	return failed ? 0 : (double)sum * 1e9 / (double)(bench_now() - from);
}

static void print(FILE *csv, const double rates[][BENCH_COUNT(launchers)], size_t row, const char *why)
{
	const size_t peer = rows[row].peer;

	fprintf(bench.out, "  %-20s", rows[row].name);
	for (size_t i = 0; i < BENCH_COUNT(launchers); i++) {
		const double rate = rates[row][i], other = rates[peer][i];
		const bool compared = peer != row && rate > 0 && other > 0;

		fprintf(csv, "%s,%u,%.1f,", rows[row].name, launchers[i], rate);
		fprintf(bench.out, "%8.0f", rate);
		if (compared) {
			fprintf(csv, "%.3f", rate / other);
			fprintf(bench.out, " %5.2fx", rate / other);
		} else {
			fprintf(bench.out, "       ");
		}
		fprintf(csv, ",\"%s\"\n", why);
	}
	fprintf(bench.out, " %s\n", why);
}

void bench_section_throughput(void)
{
	static char why[BENCH_COUNT(rows)][160];
	double rates[BENCH_COUNT(rows)][BENCH_COUNT(launchers)] = { 0 };
	unsigned long *counts =
		mmap(NULL, LAUNCHERS_MAX * sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	FILE *csv = bench_csv("throughput", "candidate,launchers,runs_per_second,ratio_bwrap,note");

	if (counts == MAP_FAILED)
		bench_die("mmap");
	for (size_t row = 0; row < BENCH_COUNT(rows); row++) {
		const struct bench_candidate *candidate = bench_find(rows[row].name);

		bench_try(candidate, bench_words(candidate->argv), why[row], sizeof(why[row]));
	}
	for (size_t i = 0; i < BENCH_COUNT(launchers); i++)
		for (size_t row = 0; row < BENCH_COUNT(rows); row++)
			rates[row][i] = why[row][0] ? 0 : measure(bench_find(rows[row].name), launchers[i], counts);
	bench_title("Runs of true a second, by 1, 2 and 4 launchers (and over bwrap's)");
	for (size_t row = 0; row < BENCH_COUNT(rows); row++)
		print(csv, rates, row, why[row]);
	fflush(bench.out);
	fclose(csv);
	munmap(counts, LAUNCHERS_MAX * sizeof(*counts));
}
