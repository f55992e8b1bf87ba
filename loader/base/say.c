/* SPDX-License-Identifier: MIT */
/*
 * say.c -- a line is made, masked as a whole and written in one piece.
 */
#include "loader/base/say.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/write_some.h"
#include "shim/control.h"
#include "shim/shell_word.h"

#define LOOK_NS 20000000

/* The command may have filled what nobody reads: what ends the work after it ends this, too, and the line is lost. */
static void write_line(const char *line)
{
	const struct timespec moment = { 0, LOOK_NS };
	ssize_t wrote;

	for (size_t left = strlen(line); left; left -= (size_t)wrote, line += wrote) {
		wrote = sbx_write_some(STDERR_FILENO, line, left);
		if (wrote < 0 && errno != EAGAIN && errno != EINTR)
			return;
		if (wrote <= 0 && sbx_interrupted())
			return;
		if (wrote <= 0)
			nanosleep(&moment, NULL);
		wrote = wrote < 0 ? 0 : wrote;
	}
}

void sbx_say(FILE *out, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	line = sbx_format_args(format, args);
	va_end(args);
	sbx_control_mask(line);
	if (out == stderr)
		write_line(sbx_format("%s\n", line));
	else
		fprintf(out, "%s\n", line);
}

char *sbx_quote(const char *name)
{
	char *word = sbx_alloc(SBX_SHELL_WORD_MAX(strlen(name)));

	sbx_shell_word(word, name);
	return word;
}
