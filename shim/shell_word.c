/* SPDX-License-Identifier: MIT */
/*
 * shell_word.c -- quoting, sh(1).
 */
#include "shim/shell_word.h"

#include <stdbool.h>

#include "shim/control.h"

/* ~ and = mean something at a word's beginning, - an option. */
static bool is_bare(const char *name)
{
	static const char special[] = "_./:@%+,=-";
	const char *at = name;

	for (; *at; at++) {
		const char *mark = special;

		while (*mark && *mark != *at)
			mark++;
		if (!*mark && !(*at >= '0' && *at <= '9') && !((*at | ' ') >= 'a' && (*at | ' ') <= 'z'))
			return false;
	}
	return *name && *name != '-' && *name != '=';
}

static char *put_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	return to;
}

static char *put_octal(char *to, unsigned char byte)
{
	*to++ = '\\';
	for (int shift = 6; shift >= 0; shift -= 3)
		*to++ = (char)('0' + (byte >> shift & 7));
	return to;
}

static bool holds_control(const char *name)
{
	for (size_t len; *name; name += len) {
		uint32_t code;

		if (sbx_control(name))
			return true;
		len = sbx_utf8(name, &code);
	}
	return false;
}

/* Within $'...': one character, and where it ends. */
static char *put_escaped(char *to, const char **name)
{
	uint32_t code;
	size_t control = sbx_control(*name), len = control ? 0 : sbx_utf8(*name, &code);

	while (control-- > 0)
		to = put_octal(to, (unsigned char)*(*name)++);
	if (len && (**name == '\'' || **name == '\\'))
		*to++ = '\\';
	while (len-- > 0)
		*to++ = *(*name)++;
	return to;
}

void sbx_shell_word(char *word, const char *name)
{
	const bool bare = is_bare(name), escaped = holds_control(name);

	word = put_text(word, bare ? "" : escaped ? "$'" : "'");
	while (escaped && *name)
		word = put_escaped(word, &name);
	for (; !escaped && *name; name++)
		word = *name == '\'' ? put_text(word, "'\\''") : (*word = *name, word + 1);
	word = put_text(word, bare ? "" : "'");
	*word = 0;
}
