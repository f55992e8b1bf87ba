/* SPDX-License-Identifier: MIT */
/*
 * did_you_mean.c -- guessing what was meant, by edit distance.
 */
#include "conf/base/did_you_mean.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 64u

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance with exchanged neighbours counted as one step. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *now = rows[i % 3], *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];

			now[j] = smaller(smaller(up[j], now[j - 1]) + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
			if (swap)
				now[j] = smaller(now[j], up2[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

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
	size_t d = strcasecmp(nearest->word, candidate) ? edit_distance(nearest->word, candidate) : 0;

	if (d >= nearest->distance || d >= strlen(candidate))
		return;
	nearest->distance = d;
	nearest->best = candidate;
}

const char *sbx_nearest_text(struct sbx_pool *pool, const struct sbx_nearest *nearest)
{
	return nearest->best ? sbx_pool_printf(pool, "; did you mean \"%s\"?", nearest->best) : "";
}
