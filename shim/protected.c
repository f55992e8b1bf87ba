/* SPDX-License-Identifier: MIT */
/*
 * protected.c -- one entry of the policy's table of protected paths, held against one path. Both are texts: whoever
 * asks resolves them first.
 */
#include "shim/protected.h"

#include "shim/glob.h"
#include "shim/path_text.h"
#include "shim/sys.h"

static bool is_dot_of(const char *path, const char *home)
{
	const size_t len = home[1] ? sbx_strlen(home) : 0;

	return sbx_path_within(path, home) && sbx_strlen(path) > len && path[len + 1] == '.';
}

const char *sbx_protected_reason(enum sbx_protect_kind kind, const char *text, const char *path, bool whole)
{
	switch (kind) {
	case SBX_PROTECT_HOME:
		if (whole && sbx_path_within(text, path))
			return "a whole home directory";
		return is_dot_of(path, text) ? "a dot file of a home directory" : NULL;
	case SBX_PROTECT_NAME:
		return sbx_glob(text, sbx_basename(path)) ? "protected by its name" : NULL;
	case SBX_PROTECT_SYSTEM: /* no output, but it may be read */
	case SBX_PROTECT_SECRET: /* the list as a whole decides */
	case SBX_PROTECT_GUARD:  /* likewise, and it is about writing */
		return NULL;
	default:
		return sbx_path_within(path, text) ? "a protected path" : NULL;
	}
}

const char *sbx_protected_top(const char *path, bool is_dir)
{
	if (!path[1])
		return "the root directory";
	return is_dir && sbx_basename(path) == path + 1 ? "a top-level directory" : NULL;
}
