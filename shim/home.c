/* SPDX-License-Identifier: MIT */
/*
 * home.c -- judges paths as texts: what is a home, and where its owner's configuration may lie.
 */
#include "shim/home.h"

#include <stddef.h>

#include "shim/path_text.h"
#include "shim/protected.h"

/* No home stands in these, and none is one of those that follow. */
static const char *const system_trees[] = { "/bin",    "/boot", "/dev",  "/etc", "/lib", "/lib32",   "/lib64",
					    "/libx32", "/proc", "/sbin", "/sys", "/usr", "/run/sbx", "/nonexistent" };
static const char *const system_dirs[] = { "/",    "/home", "/media",     "/mnt",     "/opt",     "/run",    "/srv",
					   "/tmp", "/var",  "/var/cache", "/var/lib", "/var/run", "/var/tmp" };

static bool is_same(const char *a, const char *b)
{
	return sbx_path_within(a, b) && sbx_path_within(b, a);
}

bool sbx_home_is_own(const char *home)
{
	if (home[0] != '/')
		return false;
	for (size_t i = 0; i < sizeof(system_trees) / sizeof(system_trees[0]); i++)
		if (sbx_path_within(home, system_trees[i]))
			return false;
	for (size_t i = 0; i < sizeof(system_dirs) / sizeof(system_dirs[0]); i++)
		if (is_same(home, system_dirs[i]))
			return false;
	return true;
}

enum sbx_home_config sbx_home_config(const char *home, const char *dir, const char *usual)
{
	if (!sbx_path_within(dir, home) || is_same(dir, home))
		return SBX_HOME_CONFIG_ELSEWHERE;
	if (sbx_protected_reason(SBX_PROTECT_HOME, home, dir, false) || (usual && is_same(dir, usual)))
		return SBX_HOME_CONFIG_COUNTS;
	return SBX_HOME_CONFIG_OPEN;
}
