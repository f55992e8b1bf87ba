/* SPDX-License-Identifier: MIT */
/*
 * did_you_mean.c -- guessing what was meant, by edit distance.
 */
#include "conf/base/did_you_mean.h"

#include <string.h>
#include <strings.h>

#include "shim/edit_distance.h"

void sbx_nearest_start(struct sbx_nearest *nearest, const char *word)
{
	nearest->word = word;
	nearest->best = NULL;
	nearest->distance = strlen(word) / 3;
	if (nearest->distance < 1)
		nearest->distance = 1;
	if (nearest->distance > 3)
		nearest->distance = 3;
	nearest->distance++; /* an offer must be nearer than this */
}

void sbx_nearest_offer(struct sbx_nearest *nearest, const char *candidate)
{
	size_t d = strcasecmp(nearest->word, candidate) ? sbx_edit_distance(nearest->word, candidate) : 0;

	if (d >= nearest->distance || d >= strlen(candidate))
		return;
	nearest->distance = d;
	nearest->best = candidate;
}

const char *sbx_nearest_text(struct sbx_pool *pool, const struct sbx_nearest *nearest)
{
	return nearest->best ? sbx_pool_printf(pool, "; did you mean \"%s\"?", nearest->best) : "";
}
