/* SPDX-License-Identifier: MIT */
/*
 * glob.c -- matching without recursion: a mismatch goes back to the last star.
 */
#include "shim/glob.h"

/* ASCII's capitals as small letters, where case doesn't count. */
static inline char fold(char c, bool nocase)
{
	return nocase && c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool glob(const char *pattern, const char *text, size_t len, bool nocase)
{
	const char *const end = text + len;
	const char *star = NULL, *retry = NULL;

	while (text < end) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (fold(*pattern, nocase) == fold(*text, nocase)) {
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

bool sbx_globn(const char *pattern, const char *text, size_t len)
{
	return glob(pattern, text, len, false);
}

bool sbx_globn_nocase(const char *pattern, const char *text, size_t len)
{
	return glob(pattern, text, len, true);
}

bool sbx_glob(const char *pattern, const char *text)
{
	size_t len = 0;

	while (text[len]) /* the shim has no libc */
		len++;
	return sbx_globn(pattern, text, len);
}
