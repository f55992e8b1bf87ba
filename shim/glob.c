/* SPDX-License-Identifier: MIT */
/*
 * glob.c -- matching without recursion: a mismatch goes back to the last star.
 */
#include "shim/glob.h"

bool sbx_globn(const char *pattern, const char *text, size_t len)
{
	const char *const end = text + len;
	const char *star = NULL, *retry = NULL;

	while (text < end) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool sbx_glob(const char *pattern, const char *text)
{
	size_t len = 0;

	while (text[len]) /* the shim has no libc */
		len++;
	return sbx_globn(pattern, text, len);
}
