/* SPDX-License-Identifier: MIT */
/*
 * steady.c -- what the fences cost a program that runs: probe.c unwrapped, in place, in full, and behind a parser's
 * latch; round by round, in a new order each time.
 */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBES 4

static const char *const probes[PROBES] = { "getppid", "fcntl", "open_close", "stat" };
static const char *const titles[PROBES] = { "getppid", "fcntl (checked)", "open+close, depth 8", "stat, depth 8" };
static const char *const rows[] = { "true", "sbx-latch-alone", "sbx-inplace", "sbx-full", "sbx-full-parser" };

#define ROWS BENCH_COUNT(rows)
#define FILE_WORD "%deep/2/3/4/5/6/7/file"

static void make_file(void)
{
	char *path = bench_words(BENCH_WORDS(FILE_WORD))[0];
	int fd;

	for (char *slash = path + strlen(bench.work) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			bench_die(path);
		*slash = '/';
	}
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		bench_die(path);
	close(fd);
}

/* One run of the probe; its figures as samples of results[PROBES], in thousandths of a nanosecond. */
static void probe(const char *wrapper, struct bench_result *results)
{
	const struct bench_candidate *candidate = bench_find(wrapper);
	char **argv = bench_words(bench_wrap(wrapper, BENCH_WORDS("@bench/probe", FILE_WORD)));
	char *output = bench_output(argv, candidate->env);

	for (size_t i = 0; i < PROBES; i++) {
		const char *at = output ? strstr(output, probes[i]) : NULL;

		if (at)
			results[i].samples[results[i].count++] = (int64_t)(strtod(at + strlen(probes[i]), NULL) * 1e3);
	}
	free(output);
}

static void print(FILE *csv, struct bench_result results[ROWS][PROBES], size_t row)
{
	fprintf(bench.out, "  %-18s", row ? rows[row] : "unwrapped");
	for (size_t i = 0; i < PROBES; i++) {
		const double ns = (double)results[row][i].median / 1e3, more = ns - (double)results[0][i].median / 1e3;

		fprintf(csv, "%s,%s,%zu,%.1f,%.1f\n", row ? rows[row] : "unwrapped", probes[i], results[row][i].count,
			ns, more);
		if (!results[row][i].count)
			fprintf(bench.out, " %20s", "failed");
		else
			fprintf(bench.out, " %11.0f (%+6.0f)", ns, more);
	}
	fputc('\n', bench.out);
}

void bench_section_steady(void)
{
	static struct bench_result results[ROWS][PROBES];
	const unsigned rounds = 3 * bench_few();
	size_t order[ROWS];
	FILE *csv = bench_csv("steady", "candidate,call,n,median_ns,more_ns");

	make_file();
	bench_compile_latch();
	for (size_t row = 0; row < ROWS; row++) {
		order[row] = row;
		for (size_t i = 0; i < PROBES; i++)
			results[row][i].samples = bench_alloc(rounds * sizeof(int64_t));
	}
	for (unsigned round = 0; round < rounds; round++) {
		bench_shuffle(order, ROWS);
		for (size_t i = 0; i < ROWS; i++)
			probe(rows[order[i]], results[order[i]]);
	}
	bench_title("Steady state: ns for each system call (and more than unwrapped)");
	fprintf(bench.out, "  %-18s", "");
	for (size_t i = 0; i < PROBES; i++)
		fprintf(bench.out, " %20s", titles[i]);
	fputc('\n', bench.out);
	for (size_t row = 0; row < ROWS; row++) {
		for (size_t i = 0; i < PROBES; i++)
			bench_summarize(&results[row][i]);
		print(csv, results, row);
	}
	fflush(bench.out);
	fclose(csv);
}
