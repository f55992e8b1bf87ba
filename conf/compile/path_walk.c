/*
 * path_walk.c -- a path from its first part to its last, as the kernel walks it: every symlink on the way is followed
 * here, once, and noted, so that the private root can have it too. path_resolution(7).
 */
#include "conf/compile/path_walk.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "shim/sticky.h"

#define LINKS_MAX 40 /* as the kernel's own limit */

static void note_symlink(struct sbx_pool *pool, struct sbx_symlinks *symlinks, const char *path, const char *text)
{
	struct sbx_symlink *symlink;

	for (size_t i = 0; i < symlinks->count; i++)
		if (!strcmp(symlinks->items[i].path, path))
			return;
	symlink = SBX_APPEND(pool, symlinks);
	symlink->path = path;
	symlink->text = text;
}

static const char *parent(struct sbx_pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? sbx_pool_dup(pool, path, (size_t)(slash - path)) : "";
}

/* The symlink `link` in the directory `dir`, which a path ends in. A setting that can't be read counts as on. */
static bool may_follow(const char *dir, const struct stat *link)
{
	SBX_CLEANUP_FILE FILE *setting = NULL;
	struct stat st;

	if (stat(*dir ? dir : "/", &st) == 0 && sbx_sticky_follows(st.st_mode, st.st_uid, link->st_uid, geteuid()))
		return true;
	setting = fopen(SBX_SYSCTL_SYMLINKS, "re");
	return setting && fgetc(setting) == '0';
}

const char *sbx_path_walk(struct sbx_pool *pool, struct sbx_symlinks *symlinks, const char *path, bool missing_ok)
{
	const char *done = "", *rest = path;
	char text[PATH_MAX];
	int links = 0;

	for (;;) {
		const char *next;
		struct stat st;
		size_t len;
		ssize_t got;

		rest += strspn(rest, "/");
		len = strcspn(rest, "/");
		if (!len)
			return *done ? done : "/";
		if ((len == 1 && rest[0] == '.') || (len == 2 && !strncmp(rest, "..", 2))) {
			done = len == 2 ? parent(pool, done) : done;
			rest += len;
			continue;
		}
		next = sbx_pool_printf(pool, "%s/%.*s", done, (int)len, rest);
		rest += len;
		if (lstat(next, &st) < 0) {
			if (!missing_ok || errno != ENOENT)
				return NULL;
			return sbx_pool_printf(pool, "%s%s", next, rest);
		}
		if (!S_ISLNK(st.st_mode)) {
			done = next;
			continue;
		}
		got = readlink(next, text, sizeof(text) - 1);
		if (got < 0 || ++links > LINKS_MAX) {
			errno = got < 0 ? errno : ELOOP;
			return NULL;
		}
		text[got] = 0;
		if (!rest[strspn(rest, "/")] && !may_follow(done, &st))
			symlinks->planted = true;
		note_symlink(pool, symlinks, next, sbx_pool_dup(pool, text, (size_t)got));
		rest = sbx_pool_printf(pool, "%s/%s", text, rest);
		done = text[0] == '/' ? "" : done;
	}
}
