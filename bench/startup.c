/* SPDX-License-Identifier: MIT */
/*
 * startup.c -- the table that counts: a run of `true` under everything that can hold it.
 */
#include "bench/bench.h"

void bench_compile_latch(void)
{
	char **argv = bench_words(BENCH_WORDS("@sbx-policy", "compile", "-o", "%true.sbx", "default"));

	if (!bench_output(argv, NULL))
		bench_title("startup: sbx-policy compile -o failed: sbx-latch-alone can't run");
}

void bench_section_startup(void)
{
	const struct bench_result *results;

	bench_compile_latch();
	results = bench_series(bench_startup, bench_startup_count, bench.rounds);
	bench_report("startup", "Start-up: one run of true", results, bench_startup_count);
	bench_title("What each of these is");
	for (size_t i = 0; i < bench_startup_count; i++)
		fprintf(bench.out, "  %-20s %s\n", bench_startup[i].name, bench_line(&bench_startup[i]));
	fflush(bench.out);
}
