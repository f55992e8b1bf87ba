/* SPDX-License-Identifier: MIT */
/*
 * base_config.c -- glob(7) over the machine's /etc, and what is granted of it: root's own, which all may read. Of a
 * directory that holds something else only the parts that don't. What is there later makes the cached policy stale.
 */
#include "conf/compile/base_config.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/compile/allowed_calls.h"
#include "conf/compile/base_grants.h"
#include "conf/compile/path_grants.h"
#include "conf/compile/preload.h"
#include "shim/lookup.h"
#include "shim/path_text.h"

#define DEPTH_MAX 8

/* Root's, nobody else can write it, everybody may read it; of a link that leads elsewhere its own rights don't matter.
 */
static bool is_public(const struct stat *st)
{
	const mode_t wanted = S_ISDIR(st->st_mode) ? 0005 : 0004;

	if (S_ISLNK(st->st_mode))
		return st->st_uid == 0;
	return st->st_uid == 0 && !(st->st_mode & 0022) && (st->st_mode & wanted) == wanted &&
	       (S_ISDIR(st->st_mode) || S_ISREG(st->st_mode));
}

/* Of errno: what is not there, or not for the caller, is no error. */
static void tell(const struct sbx_build *build, const char *path)
{
	if (!sbx_lookup_unreachable(errno))
		sbx_errs_lookup(build->errs, path);
}

typedef bool visit_fn(struct sbx_build *build, const char *path, int depth);

/* Every entry, until one is visited in vain. */
static bool visit_all(struct sbx_build *build, const char *path, int depth, visit_fn *visit)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	const struct dirent *entry;
	bool all = dir;

	if (!dir && depth < DEPTH_MAX)
		tell(build, path);
	while (all && (errno = 0, entry = readdir(dir)))
		if (!sbx_is_dot_entry(entry->d_name))
			all = visit(build, sbx_pool_printf(build->pool, "%s/%s", path, entry->d_name), depth + 1);
	if (all && errno)
		tell(build, path);
	if (dir)
		closedir(dir);
	return all;
}

static bool all_public(struct sbx_build *build, const char *path, int depth)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		tell(build, path);
		return false;
	}
	return is_public(&st) && (!S_ISDIR(st.st_mode) || visit_all(build, path, depth, all_public));
}

/* Always true: the next entry may be one. */
static bool grant(struct sbx_build *build, const char *path, int depth)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		tell(build, path);
		return true;
	}
	if (!is_public(&st))
		return true;
	if (S_ISDIR(st.st_mode))
		sbx_preload_watch(build, path);
	if (S_ISDIR(st.st_mode) && !all_public(build, path, depth))
		visit_all(build, path, depth, grant);
	else if (!sbx_path_grants_add(build, path, SBX_PLACE_READ, false))
		tell(build, path);
	return true;
}

void sbx_base_config_grant(struct sbx_build *build, const char *pattern)
{
	glob_t found;

	if (!sbx_allowed_calls_have_exec(build))
		return;
	errno = 0;
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0 && errno)
		tell(build, pattern);
	else
		for (size_t i = 0; i < found.gl_pathc; i++)
			grant(build, sbx_pool_dup(build->pool, found.gl_pathv[i], strlen(found.gl_pathv[i])), 0);
	globfree(&found);
}
