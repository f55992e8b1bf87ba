/* SPDX-License-Identifier: MIT */
/*
 * output_names.h -- the names that a command derives from an argument: out.txt beside in.pdf, page-01.png for page.
 */
#ifndef SBX_LOADER_ARGV_OUTPUT_NAMES_H
#define SBX_LOADER_ARGV_OUTPUT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/blob.h"

/* Any file of a directory whose name fits. */
struct sbx_pattern {
	enum sbx_arg_derive derive; /* REPLACE_ANY, APPEND_ANY, NUMBERED, URL_COUNTED or LETTERED */
	const char *name;           /* the base name that it was derived from */
	size_t stem;                /* its length without the extension */
	const char *extensions;     /* "ppm,png": those that the command gives; "": any, of NUMBERED none but its own */
};

#define SBX_NAMES_MAX 4
struct sbx_names {
	char *path[SBX_NAMES_MAX]; /* as an argument would name it */
	size_t count;
	char *dir; /* where the pattern's files are, or NULL: no pattern */
	struct sbx_pattern pattern;
};

/*
 * UNTRUSTED: `word`, an argument or a part of one. What `arg` makes of it; nothing at all (count 0, dir NULL) when the
 * word has no such form. `suffix` is arg's.
 */
void sbx_output_names_derive(enum sbx_arg_derive derive, const char *suffix, const char *word, struct sbx_names *names);

/* UNTRUSTED: a file's name. */
bool sbx_output_names_fit(const struct sbx_pattern *pattern, const char *name);

#endif
