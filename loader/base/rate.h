/* SPDX-License-Identifier: MIT */
/*
 * rate.h -- no more than so much a second of what the command can cause outside of its limits.
 */
#ifndef SBX_LOADER_BASE_RATE_H
#define SBX_LOADER_BASE_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: nothing yet. */
struct sbx_rate {
	uint64_t taken;
	int64_t ends; /* this second does, in nanoseconds of CLOCK_MONOTONIC */
};

/* Something has been done; a second begins with the first after the last. */
void sbx_rate_take(struct sbx_rate *rate, uint64_t amount);

/* Was `most` done in this second? Then *next is no later than its end, and nothing is to be done before. */
bool sbx_rate_over(const struct sbx_rate *rate, uint64_t most, int64_t *next);

#endif
