/* SPDX-License-Identifier: MIT */
/*
 * say.h -- lines for a terminal: names and values in them may hold anything.
 */
#ifndef SBX_CONF_BASE_SAY_H
#define SBX_CONF_BASE_SAY_H

#include <stdio.h>

#include "conf/base/pool.h"

/* Print one line; the newline is added. What a terminal obeys is a question mark each, wherever it comes from. */
void sbx_say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `name` as a word for a shell: what a remedy gives can be pasted. */
const char *sbx_quote(struct sbx_pool *pool, const char *name);

#endif
