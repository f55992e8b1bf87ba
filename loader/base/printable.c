/* SPDX-License-Identifier: MIT */
/*
 * printable.c -- a question mark for each byte of a control character.
 */
#include "loader/base/printable.h"

#include "loader/base/memory.h"
#include "shim/control.h"

const char *sbx_printable(const char *text)
{
	char *copy = sbx_strdup(text);

	for (char *at = copy; *at; at++)
		for (size_t i = sbx_control(at); i > 0; i--)
			at[i - 1] = '?';
	return copy;
}
