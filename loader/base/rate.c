/* SPDX-License-Identifier: MIT */
/*
 * rate.c -- an amount and the end of its second. The kernel holds limits.cpu for the command alone: what it asks of the
 * loader, the loader pays. clock_gettime(2).
 */
#include "loader/base/rate.h"

#include "loader/base/clock.h"

#define SECOND_MS 1000

void sbx_rate_take(struct sbx_rate *rate, uint64_t amount)
{
	if (sbx_clock_now() >= rate->ends)
		*rate = (struct sbx_rate){ .ends = sbx_clock_after(SECOND_MS) };
	rate->taken += amount;
}

bool sbx_rate_over(const struct sbx_rate *rate, uint64_t most, int64_t *next)
{
	if (rate->taken < most || sbx_clock_now() >= rate->ends)
		return false;
	*next = *next < rate->ends ? *next : rate->ends;
	return true;
}
