/* SPDX-License-Identifier: MIT */
/*
 * did_you_mean.h -- which of the names there are was meant by one that isn't.
 */
#ifndef SBX_CONF_BASE_DID_YOU_MEAN_H
#define SBX_CONF_BASE_DID_YOU_MEAN_H

#include <stddef.h>

#include "conf/base/pool.h"

/* The candidate nearest to `word` by edit distance, or NULL when none is near enough to be meant. */
struct sbx_nearest {
	const char *word;
	const char *best;
	size_t distance;
};
void sbx_nearest_start(struct sbx_nearest *nearest, const char *word);
void sbx_nearest_offer(struct sbx_nearest *nearest, const char *candidate);

/* `; did you mean "X"?`, or the empty string. */
const char *sbx_nearest_text(struct sbx_pool *pool, const struct sbx_nearest *nearest);

#endif
