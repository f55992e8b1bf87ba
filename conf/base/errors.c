/*
 * errors.c -- collecting and printing errors, and guessing what was meant.
 */
#include "conf/base/errors.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "shim/control.h"

#define WORD_MAX 64u

int sbx_errs_add(struct sbx_errs *errs, struct sbx_origin origin, const char *format, ...)
{
	struct sbx_diag *diag;
	va_list args;
	const char *text;

	va_start(args, format);
	text = sbx_pool_vprintf(errs->pool, format, args);
	va_end(args);
	for (size_t i = 0; i < errs->count; i++)
		if (!strcmp(errs->items[i].text, text) && errs->items[i].origin.line == origin.line &&
		    errs->items[i].origin.file == origin.file)
			return -1; /* the same default, met again through another profile */
	diag = SBX_APPEND(errs->pool, errs);
	diag->origin = origin;
	diag->text = text;
	return -1;
}

int sbx_errs_lookup(struct sbx_errs *errs, const char *path)
{
	return sbx_errs_add(errs, (struct sbx_origin){ path, 0 }, "%s", strerror(errno));
}

/* Whatever a file or an option holds, a terminal gets no control bytes of it. */
static void put_plain(FILE *out, const char *text)
{
	size_t left = 0; /* of a control character */

	for (; *text; text++) {
		left = left ? left : sbx_control(text);
		putc(left && *text != '\n' ? '?' : *text, out);
		left -= left > 0;
	}
}

void sbx_errs_print(FILE *out, const struct sbx_errs *errs)
{
	for (size_t i = 0; i < errs->count; i++) {
		const struct sbx_diag *diag = &errs->items[i];

		fputs("sbx-policy: ", out);
		if (diag->origin.file)
			put_plain(out, diag->origin.file);
		if (diag->origin.file && diag->origin.line)
			fprintf(out, ":%u", diag->origin.line);
		if (diag->origin.file)
			fputs(": ", out);
		put_plain(out, diag->text);
		putc('\n', out);
	}
}

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
