/* SPDX-License-Identifier: MIT */
/*
 * bench.h -- what the benchmark's sections share: where things are, candidates, timed runs, results.
 *
 * Durations are nanoseconds of CLOCK_MONOTONIC in an int64_t; tables and CSV are in microseconds.
 */
#ifndef SBX_BENCH_BENCH_H
#define SBX_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define BENCH_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BENCH_WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define BENCH_FILTER_FD 9 /* where a candidate with `filter` finds it */

/* Of the whole run; set once in main. */
struct bench {
	const char *build, *work,
		*results; /* absolute directories; `work` is empty at first, and the caller removes it */
	unsigned rounds;
	double seconds; /* of a throughput measurement */
	uint64_t seed;
	FILE *out; /* the caller's standard output: 0 to 2 are /dev/null for what is measured */
};
extern struct bench bench;

/* One command that is started and timed. In words of `argv`, a leading '@' stands for build/ and '%' for work/. */
struct bench_candidate {
	const char *name;
	const char *const *argv;
	const char *floor, *peer; /* the candidates that this one is compared with */
	const char *needs;        /* a path without which it is left out */
	const char *const *env;   /* NAME=VALUE more, the values expanded as words are; NULL for none */
	bool filter;              /* sbx's filter is open on BENCH_FILTER_FD */
	const char *dir;          /* where it is started, "/" for NULL; a word */
	void (*before)(void);     /* called before each run, not timed */
};

struct bench_result {
	const struct bench_candidate *candidate;
	char **argv;
	int64_t *samples; /* sorted in the end */
	size_t count;
	int64_t median, p10, p90;
	char failed[160]; /* empty: it takes part */
};

_Noreturn void bench_die(const char *what);
void *bench_alloc(size_t size);
void bench_remove(const char *tree); /* with all that is in it */
char *bench_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* run.c -- `argv` with its words expanded. Fresh memory. */
char **bench_words(const char *const *argv);
/* A candidate as it would be typed, or the beginning of that. Fresh memory. */
char *bench_line(const struct bench_candidate *candidate);
int64_t bench_now(void);
/* Start argv[0] with a clean environment, and `env` if it isn't NULL. */
pid_t bench_start(char **argv, const char *const *env);
/* Start and wait. Nanoseconds from before the one to after the other. */
int64_t bench_time(const struct bench_candidate *candidate, char **argv, int *status);
/* Once, with its standard error caught: false, and the reason in `why`, where it doesn't end with status 0. */
bool bench_try(const struct bench_candidate *candidate, char **argv, char *why, size_t size);
/* The output of a command that must end with 0; NULL when it doesn't. Fresh memory. */
char *bench_output(char **argv, const char *const *env);

/*
 * series.c -- run all candidates round by round, in a new order each time; results stand in the order of the
 * candidates. The first one is what overheads are measured over.
 */
struct bench_result *bench_series(const struct bench_candidate *candidates, size_t count, unsigned rounds);
void bench_summarize(struct bench_result *result);
void bench_shuffle(size_t *order, size_t count);
/* The rounds of what takes long. */
unsigned bench_few(void);

/* report.c -- the table on bench.out, and results/NAME.csv. */
void bench_report(const char *name, const char *title, const struct bench_result *results, size_t count);
FILE *bench_csv(const char *name, const char *header);
void bench_title(const char *title);

/* candidates.c -- the wrappers that are compared, by name: their words up to the command. */
extern const struct bench_candidate bench_startup[];
extern const size_t bench_startup_count;
const struct bench_candidate *bench_find(const char *name);
/* The words of candidate `name` with its command replaced; NULL when there is no such one. */
const char *const *bench_wrap(const char *name, const char *const *command);

/* startup.c -- the policy for sbx-latch-alone. */
void bench_compile_latch(void);

/* One section each. */
void bench_section_cpuid(void);
void bench_section_startup(void);
void bench_section_cache(void);
void bench_section_grants(void);
void bench_section_mounts(void);
void bench_section_throughput(void);
void bench_section_memory(void);
void bench_section_steady(void);
void bench_section_jobs(void);

#endif
