/* SPDX-License-Identifier: MIT */
/*
 * path_walk.c -- where a path of the host leads: every symlink on the way is followed here, once, and noted, so that
 * the private root can have it too.
 */
#include "conf/compile/path_walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/sticky.h"
#include "shim/walk.h"

#define STRICTEST 2

struct notes {
	struct sbx_pool *pool;
	struct sbx_symlinks *symlinks;
};

static void note_symlink(struct notes *notes, const char *path, const char *text, size_t len)
{
	struct sbx_symlink *symlink;

	for (size_t i = 0; i < notes->symlinks->count; i++)
		if (!strcmp(notes->symlinks->items[i].path, path))
			return;
	symlink = SBX_APPEND(notes->pool, notes->symlinks);
	symlink->path = sbx_pool_dup(notes->pool, path, strlen(path));
	symlink->text = sbx_pool_dup(notes->pool, text, len);
}

/* One that can't be read counts as the strictest. */
static int sysctl_setting(const char *sysctl)
{
	FILE *file = fopen(sysctl, "re");
	const int c = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return c >= '0' && c <= '9' ? c - '0' : STRICTEST;
}

static int stat_directory(struct sbx_pool *pool, const char *at, struct stat *st)
{
	const char *dir = sbx_pool_dup(pool, at, (size_t)(strrchr(at, '/') - at));

	return stat(*dir ? dir : "/", st);
}

/* The symlink `at`, which a path ends in: 1, 0, or -errno. */
static int may_follow(struct sbx_pool *pool, const char *at)
{
	struct stat link, st;

	if (lstat(at, &link) < 0 || stat_directory(pool, at, &st) < 0)
		return -errno;
	return sbx_sticky_follows(st.st_mode, st.st_uid, link.st_uid, geteuid()) ||
	       !sysctl_setting(SBX_SYSCTL_SYMLINKS);
}

bool sbx_path_may_create(struct sbx_pool *pool, const char *path, const struct stat *file)
{
	const char *sysctl = S_ISREG(file->st_mode) ? SBX_SYSCTL_REGULAR : SBX_SYSCTL_FIFOS;
	struct stat dir;

	if ((!S_ISREG(file->st_mode) && !S_ISFIFO(file->st_mode)) || file->st_uid == geteuid())
		return true;
	if (stat_directory(pool, path, &dir) < 0)
		return false;
	return sbx_sticky_creates(STRICTEST, dir.st_mode, dir.st_uid, file->st_uid, geteuid()) ||
	       sbx_sticky_creates(sysctl_setting(sysctl), dir.st_mode, dir.st_uid, file->st_uid, geteuid());
}

/* sbx_walk_read */
static long read_link(void *data, const char *at, bool last, char text[SBX_WALK_MAX])
{
	const ssize_t len = readlink(at, text, SBX_WALK_MAX);
	struct notes *notes = data;
	int follows;

	if (len < 0)
		return errno == EINVAL ? 0 : -errno;
	follows = last ? may_follow(notes->pool, at) : 1;
	if (follows < 0)
		return follows;
	notes->symlinks->planted |= !follows;
	note_symlink(notes, at, text, (size_t)len);
	return len;
}

const char *sbx_path_walk(struct sbx_pool *pool, struct sbx_symlinks *symlinks, const char *path, bool missing_ok)
{
	struct notes notes = { pool, symlinks };
	struct sbx_walk walk;
	const long ret = sbx_walk(&walk, "/", path, read_link, &notes);

	if (ret < 0 && !(missing_ok && ret == -ENOENT)) {
		errno = (int)-ret;
		return NULL;
	}
	return *walk.done ? sbx_pool_printf(pool, "%s%s", walk.done, walk.rest) : "/";
}
