/* SPDX-License-Identifier: MIT */
/*
 * errors.c -- collecting and printing errors.
 */
#include "conf/base/errors.h"

#include <errno.h>
#include <string.h>

#include "shim/control.h"

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
