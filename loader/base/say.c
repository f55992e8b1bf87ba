/* SPDX-License-Identifier: MIT */
/*
 * say.c -- a line is made, masked as a whole and written in one piece.
 */
#include "loader/base/say.h"

#include <stdarg.h>
#include <string.h>

#include "loader/base/memory.h"
#include "shim/control.h"
#include "shim/shell_word.h"

void sbx_say(FILE *out, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	line = sbx_format_args(format, args);
	va_end(args);
	sbx_control_mask(line);
	fprintf(out, "%s\n", line);
}

char *sbx_quote(const char *name)
{
	char *word = sbx_alloc(SBX_SHELL_WORD_MAX(strlen(name)));

	sbx_shell_word(word, name);
	return word;
}
