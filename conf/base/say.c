/* SPDX-License-Identifier: MIT */
/*
 * say.c -- a line is made, masked as a whole and written.
 */
#include "conf/base/say.h"

#include <stdarg.h>
#include <string.h>

#include "shim/control.h"
#include "shim/shell_word.h"

void sbx_say(FILE *out, const char *format, ...)
{
	struct sbx_pool pool = { 0 };
	va_list args;
	char *line;

	va_start(args, format);
	line = sbx_pool_vprintf(&pool, format, args);
	va_end(args);
	sbx_control_mask(line);
	fprintf(out, "%s\n", line);
	sbx_pool_free(&pool);
}

const char *sbx_quote(struct sbx_pool *pool, const char *name)
{
	char *word = sbx_pool_alloc(pool, SBX_SHELL_WORD_MAX(strlen(name)));

	sbx_shell_word(word, name);
	return word;
}
