/* SPDX-License-Identifier: MIT */
/*
 * series.c -- rounds: in each, every candidate runs once, in an order of its own, so that what the machine does
 * meanwhile meets them all. What doesn't work in the warm-up takes no part, and the report says so.
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

#define WARM_UP 3 /* once where that would be most of the work */
#define FEW 30

unsigned bench_few(void)
{
	return bench.rounds < FEW ? 1 : bench.rounds / FEW;
}

/* xorshift64*: the same seed gives the same orders. */
static uint64_t next_random(void)
{
	bench.seed ^= bench.seed >> 12;
	bench.seed ^= bench.seed << 25;
	bench.seed ^= bench.seed >> 27;
	return bench.seed * 2685821657736338717u;
}

void bench_shuffle(size_t *order, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		const size_t j = next_random() % i, kept = order[i - 1];

		order[i - 1] = order[j];
		order[j] = kept;
	}
}

static void warm_up(struct bench_result *result)
{
	for (unsigned i = 0; i < (bench.rounds < FEW ? 1 : WARM_UP) && !result->failed[0]; i++)
		bench_try(result->candidate, result->argv, result->failed, sizeof(result->failed));
}

static void run(struct bench_result *result, unsigned round)
{
	int status;
	const int64_t took = bench_time(result->candidate, result->argv, &status);

	if (status == 0)
		result->samples[result->count++] = took;
	else
		snprintf(result->failed, sizeof(result->failed), "failed: in round %u, wait status %d", round, status);
}

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void bench_summarize(struct bench_result *result)
{
	const size_t n = result->count;

	if (!n)
		return;
	qsort(result->samples, n, sizeof(result->samples[0]), by_value);
	result->median = (result->samples[(n - 1) / 2] + result->samples[n / 2]) / 2;
	result->p10 = result->samples[(n - 1) / 10];
	result->p90 = result->samples[((n - 1) * 9 + 9) / 10];
}

struct bench_result *bench_series(const struct bench_candidate *candidates, size_t count, unsigned rounds)
{
	struct bench_result *results = bench_alloc(count * sizeof(*results));
	size_t *order = bench_alloc(count * sizeof(*order));

	for (size_t i = 0; i < count; i++) {
		results[i].candidate = &candidates[i];
		results[i].argv = bench_words(candidates[i].argv);
		results[i].samples = bench_alloc(rounds * sizeof(int64_t));
		order[i] = i;
		warm_up(&results[i]);
	}
	for (unsigned round = 0; round < rounds; round++) {
		bench_shuffle(order, count);
		for (size_t i = 0; i < count; i++)
			if (!results[order[i]].failed[0])
				run(&results[order[i]], round);
	}
	for (size_t i = 0; i < count; i++)
		bench_summarize(&results[i]);
	free(order);
	return results;
}
