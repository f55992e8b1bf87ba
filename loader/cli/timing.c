/* SPDX-License-Identifier: MIT */
/*
 * timing.c -- a shared page that every process of ours writes its own moments to; gone with exec(2).
 */
#include "loader/cli/timing.h"

#include <stdint.h>
#include <sys/mman.h>

#include "loader/base/clock.h"

static const char *const names[SBX_MOMENT__COUNT] = {
#define X(id, name) [SBX_MOMENT_##id] = (name),
	SBX_MOMENTS(X)
#undef X
};

static int64_t *moments; /* [SBX_MOMENT__COUNT], 0: not met */

void sbx_timing_begin(long long start)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	moments = page;
	moments[SBX_MOMENT_START] = start;
}

void sbx_timing_mark(enum sbx_moment moment)
{
	if (moments)
		moments[moment] = sbx_clock_now();
}

/* The first moment after `from`, or SBX_MOMENT__COUNT; of two at the same time the table's order decides. */
static int next_moment(int from)
{
	const int64_t since = moments[from];
	int best = SBX_MOMENT__COUNT;

	for (int id = 0; id < SBX_MOMENT__COUNT; id++)
		if (moments[id] && (moments[id] > since || (moments[id] == since && id > from)) &&
		    (best == SBX_MOMENT__COUNT || moments[id] < moments[best]))
			best = id;
	return best;
}

void sbx_timing_report(FILE *out)
{
	const int64_t start = moments ? moments[SBX_MOMENT_START] : 0;

	for (int before = SBX_MOMENT_START, id; moments && (id = next_moment(before)) < SBX_MOMENT__COUNT; before = id)
		fprintf(out, "timing: %9.1f us  %9.1f us  %s\n", (double)(moments[id] - moments[before]) / 1000,
			(double)(moments[id] - start) / 1000, names[id]);
}
