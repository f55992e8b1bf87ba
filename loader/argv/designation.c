/* SPDX-License-Identifier: MIT */
/*
 * designation.c -- which words name an output of a command whose grammar nobody has written down. UNTRUSTED: every
 * word; some come from strangers. What is wrongly taken for one costs a staging directory and grants nothing that
 * exists.
 */
#include "loader/argv/designation.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "loader/base/path.h"

#define EXTENSION_MAX 10

/* Options of many commands whose value is a file to be written. */
static const char *const output_options[] = { "-o",       "-O",        "-f",         "-out",          "--out",
					      "--output", "--outfile", "--out-file", "--output-file", "--outfilename",
					      "--file" };
/* The same as the beginning of a word. */
static const char *const output_prefixes[] = { "--output=",      "--out=",  "--outfile=", "--out-file=",
					       "--output-file=", "--file=", "of=",        "-out=" };

static bool is_output_option(const char *option)
{
	for (size_t i = 0; i < sizeof(output_options) / sizeof(output_options[0]); i++)
		if (strcmp(option, output_options[i]) == 0)
			return true;
	return false;
}

static const char *behind_output_prefix(const char *text)
{
	for (size_t i = 0; i < sizeof(output_prefixes) / sizeof(output_prefixes[0]); i++) {
		const size_t len = strlen(output_prefixes[i]);

		if (strncmp(text, output_prefixes[i], len) == 0 && text[len])
			return text + len;
	}
	return NULL;
}

/* A program text is no file: sh -c, bash -lc, perl -e, python3 -c. */
static bool is_code_option(const char *option)
{
	const size_t len = strlen(option);

	return len > 1 && option[0] == '-' && option[1] != '-' && (option[len - 1] == 'c' || option[len - 1] == 'e');
}

/* name.ext, with at least one letter after the dot: 3.14 is a number. */
static bool has_extension(const char *text)
{
	const char *base = sbx_basename(text), *dot = strrchr(base, '.');
	bool letter = false;

	if (!dot || dot == base || strlen(dot) < 2 || strlen(dot) > EXTENSION_MAX + 1)
		return false;
	for (const char *at = dot + 1; *at; at++) {
		if (!isalnum((unsigned char)*at))
			return false;
		letter |= isalpha((unsigned char)*at) != 0;
	}
	return letter;
}

static bool is_number(const char *text)
{
	return !text[strspn(text, "0123456789.,:+-")];
}

static bool is_file_name(const char *text)
{
	return text[0] && strcmp(text, "-") != 0 && !sbx_argv_is_url(text) && !strpbrk(text, "\n\r");
}

enum sbx_designation sbx_designation_of(const struct sbx_argv *words, const struct sbx_argv_word *word,
					const char **text)
{
	const bool is_operand = word->operand != 0, is_named = is_operand || word->value;
	const char *behind = word->behind ? word->behind : "", *rest;

	*text = word->text;
	rest = behind_output_prefix(word->text);
	if (rest && is_file_name(rest)) {
		*text = rest;
		return SBX_DESIGNATES_OUTPUT;
	}
	if (!is_named && strncmp(word->text, "-o", 2) == 0 && word->text[2]) { /* sort -osorted.txt */
		*text = word->text + 2;
		return is_file_name(*text) && (strchr(*text, '/') || has_extension(*text)) ? SBX_DESIGNATES_MAYBE :
											     SBX_DESIGNATES_NOTHING;
	}
	if (!is_named || !is_file_name(word->text) || (word->value && word->text[0] == '-'))
		return SBX_DESIGNATES_NOTHING;
	if (is_output_option(behind))
		return SBX_DESIGNATES_OUTPUT;
	if (is_code_option(behind) || sbx_designation_assigned(word))
		return SBX_DESIGNATES_NOTHING;
	if (strchr(word->text, '/') || has_extension(word->text))
		return SBX_DESIGNATES_MAYBE;
	return is_operand && word->operand == words->operands && !is_number(word->text) ? SBX_DESIGNATES_MAYBE :
											  SBX_DESIGNATES_NOTHING;
}

const char *sbx_designation_assigned(const struct sbx_argv_word *word)
{
	const char *equals = strchr(word->text, '=');
	const size_t name = equals ? (size_t)(equals - word->text) : 0;

	if (!name || !equals[1] || strcmp(equals + 1, "-") == 0)
		return NULL;
	for (size_t i = 0; i < name; i++)
		if (!isalnum((unsigned char)word->text[i]) && !strchr("-_.", word->text[i]))
			return NULL;
	return equals + 1;
}
