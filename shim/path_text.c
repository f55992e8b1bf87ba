/* SPDX-License-Identifier: MIT */
/*
 * path_text.c -- absolute paths as texts.
 */
#include "shim/path_text.h"

bool sbx_path_within(const char *path, const char *base)
{
	if (!base[0] || !base[1])
		return true;
	for (; *base && *path == *base; path++)
		base++;
	return !*base && (!*path || *path == '/');
}

const char *sbx_basename(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/')
			base = path + 1;
	return base;
}
