/* SPDX-License-Identifier: MIT */
/*
 * errors.h -- what is wrong with a configuration, all of it and not only the first thing, each with its file and line.
 */
#ifndef SBX_CONF_BASE_ERRORS_H
#define SBX_CONF_BASE_ERRORS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "conf/base/pool.h"

/* Where a value comes from: a file and line, or the text of an option (line 0), or nowhere (file NULL). */
struct sbx_origin {
	const char *file;
	unsigned int line;
};

/* Does it come from the files that are built in? Their names begin so. */
#define SBX_BUILTIN_FILE "built-in "
static inline bool sbx_origin_builtin(const struct sbx_origin *origin)
{
	return origin->file && !strncmp(origin->file, SBX_BUILTIN_FILE, sizeof(SBX_BUILTIN_FILE) - 1);
}

struct sbx_diag {
	struct sbx_origin origin;
	const char *text;
};
struct sbx_errs {
	struct sbx_pool *pool;
	struct sbx_diag *items;
	size_t count;
};

/* Add an error. Returns -1, so that a checker can end in `return sbx_errs_add(…)`. */
int sbx_errs_add(struct sbx_errs *errs, struct sbx_origin origin, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A look-up of `path` has failed with errno, which is no answer (shim/lookup.h). Returns -1. */
int sbx_errs_lookup(struct sbx_errs *errs, const char *path);

/* The one place that prints: `sbx-policy: FILE:LINE: text`. */
void sbx_errs_print(FILE *out, const struct sbx_errs *errs);

#endif
