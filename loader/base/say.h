/* SPDX-License-Identifier: MIT */
/*
 * say.h -- the one way to standard output and standard error: names in messages may hold anything.
 */
#ifndef SBX_LOADER_BASE_SAY_H
#define SBX_LOADER_BASE_SAY_H

#include <stdio.h>

/* Print one line; the newline is added. What a terminal obeys is a question mark each, wherever it comes from. */
void sbx_say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `name` as a word for a shell, in fresh memory: what a hint gives can be pasted. */
char *sbx_quote(const char *name);

#endif
