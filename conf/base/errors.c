/* SPDX-License-Identifier: MIT */
/*
 * errors.c -- collecting and printing errors.
 */
#include "conf/base/errors.h"

#include <errno.h>
#include <string.h>

#include "conf/base/say.h"

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

void sbx_errs_print(FILE *out, const struct sbx_errs *errs)
{
	for (size_t i = 0; i < errs->count; i++) {
		const struct sbx_diag *diag = &errs->items[i];

		const struct sbx_origin *at = &diag->origin;
		char line[16] = "";

		if (at->file && at->line)
			snprintf(line, sizeof(line), ":%u", at->line);
		sbx_say(out, "sbx-policy: %s%s%s%s", at->file ? at->file : "", line, at->file ? ": " : "", diag->text);
	}
}
