/* SPDX-License-Identifier: MIT */
/*
 * cpuid.c -- what a CPUID instruction costs here: a hypervisor traps each, and the start of a glibc program executes
 * dozens. That is why sbx-wrap is static and small. Intel SDM vol. 3, "Instructions That Cause VM Exits".
 */
#include "bench/bench.h"

#include <math.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define BATCHES 21
#define TIMES 100

/* Nanoseconds for one, the median of some batches; NAN where there is no such instruction. */
static double cpuid_cost(void)
{
#if defined(__x86_64__)
	int64_t samples[BATCHES];
	struct bench_result result = { .samples = samples, .count = BATCHES };
	unsigned a, b, c, d;

	for (unsigned i = 0; i < BATCHES; i++) {
		const int64_t from = bench_now();

		for (unsigned n = 0; n < TIMES; n++)
			__cpuid(0, a, b, c, d);
		samples[i] = bench_now() - from;
	}
	bench_summarize(&result);
	return (double)result.median / TIMES;
#else
	return NAN;
#endif
}

void bench_section_cpuid(void)
{
	const struct bench_candidate starts[] = { *bench_find("static"), *bench_find("true") };
	const double cost = cpuid_cost();
	const struct bench_result *results = bench_series(starts, BENCH_COUNT(starts), bench.rounds);
	FILE *csv = bench_csv("cpuid", "what,value");

	bench_title("The machine");
	if (isnan(cost))
		fputs("  CPUID: not on this architecture\n", bench.out);
	else
		fprintf(bench.out, "  one CPUID instruction: %.0f ns\n", cost);
	fprintf(bench.out, "  start and end of a static program: %.0f us, of a glibc program (true): %.0f us\n",
		(double)results[0].median / 1e3, (double)results[1].median / 1e3);
	fprintf(csv, "cpuid_ns,%.1f\nstatic_us,%.1f\nglibc_us,%.1f\n", cost, (double)results[0].median / 1e3,
		(double)results[1].median / 1e3);
	fclose(csv);
}
