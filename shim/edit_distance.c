/* SPDX-License-Identifier: MIT */
/*
 * edit_distance.c -- how far two words are apart; what was meant is guessed by it.
 */
#include "shim/edit_distance.h"

#define WORD_MAX 64u

static size_t length(const char *word)
{
	size_t len = 0;

	while (word[len])
		len++;
	return len;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance with exchanged neighbours counted as one step. */
size_t sbx_edit_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	const size_t la = length(a), lb = length(b);

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
