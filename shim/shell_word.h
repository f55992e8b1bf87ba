/* SPDX-License-Identifier: MIT */
/*
 * shell_word.h -- a name as a word that can be pasted into a shell.
 */
#ifndef SBX_SHIM_SHELL_WORD_H
#define SBX_SHIM_SHELL_WORD_H

#include <stddef.h>

/* How many bytes the word for a name of `len` bytes takes at most, with the NUL. */
#define SBX_SHELL_WORD_MAX(len) (4 * (len) + 4)

/*
 * Write `name` to `word` so that a shell reads it as it is: bare where it holds nothing special, else in single quotes;
 * with control characters as $'\ooo', which dash(1) doesn't know. What comes out holds no control character.
 */
void sbx_shell_word(char *word, const char *name);

#endif
