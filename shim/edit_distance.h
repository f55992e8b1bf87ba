/* SPDX-License-Identifier: MIT */
/*
 * edit_distance.h -- for loader and conf; the shim guesses nothing.
 */
#ifndef SBX_SHIM_EDIT_DISTANCE_H
#define SBX_SHIM_EDIT_DISTANCE_H

#include <stddef.h>

/* The steps from one word to the other: a character more, less or another one, two neighbours exchanged. 64 for long
 * ones. */
size_t sbx_edit_distance(const char *a, const char *b);

#endif
