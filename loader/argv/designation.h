/* SPDX-License-Identifier: MIT */
/*
 * designation.h -- words that name files although no grammar says so: sbx.conf(5), ARGUMENTS, "absent" and "assigned".
 */
#ifndef SBX_LOADER_ARGV_DESIGNATION_H
#define SBX_LOADER_ARGV_DESIGNATION_H

#include <stdbool.h>

#include "loader/argv/argv_parse.h"

/* How sure it is that a word names a file that the command is to make. */
enum sbx_designation {
	SBX_DESIGNATES_NOTHING,
	SBX_DESIGNATES_MAYBE,  /* it looks like a file's name, or is the last operand */
	SBX_DESIGNATES_OUTPUT, /* it follows -o, --output= or the like */
};

/*
 * UNTRUSTED: the word. What it says of a file that isn't there; *text is the file's name: the word, or the rest of it.
 */
enum sbx_designation sbx_designation_of(const struct sbx_argv *words, const struct sbx_argv_word *word,
					const char **text);

/* The value after the first = of --option=VALUE or name=VALUE, or NULL. */
const char *sbx_designation_assigned(const struct sbx_argv_word *word);

#endif
