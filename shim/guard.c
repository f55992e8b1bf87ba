/* SPDX-License-Identifier: MIT */
/*
 * guard.c -- one pattern of fs.guard, held against the end of one path. UNTRUSTED: the path; thousands are looked at,
 * so that most end at the first letter of their name.
 */
#include "shim/guard.h"

#include <stdbool.h>

#include "shim/glob.h"
#include "shim/sys.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int sbx_guard_match(const char *pattern, const char *path, size_t len)
{
	const int says = *pattern == '!' ? -1 : 1;
	const char *last = pattern += says < 0;
	size_t start = len, slashes = 0;

	for (size_t i = 0; pattern[i]; i++) {
		slashes += pattern[i] == '/';
		last = pattern[i] == '/' ? pattern + i + 1 : last;
	}
	while (start && path[start - 1] != '/')
		start--;
	if (start == len || !*last || (*last != '*' && lower(*last) != lower(path[start])))
		return 0;
	for (; slashes && start; slashes--)
		for (start--; start && path[start - 1] != '/';)
			start--;
	return !slashes && sbx_globn_nocase(pattern, path + start, len - start) ? says : 0;
}
