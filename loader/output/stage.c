/* SPDX-License-Identifier: MIT */
/*
 * stage.c -- staging directories: made, and filled with what exists. What becomes of it after the run: output_commit.c.
 */
#include "loader/output/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/output/file_copy.h"
#include "loader/base/mounts.h"
#include "loader/output/stage_entries.h"
#include "loader/output/tree_remove.h"
#include "shim/err.h"

#define PREFIX SBX_STAGE_PREFIX
#define ATTEMPTS 20

struct sbx_stage_dir *sbx_stage_at(struct sbx_stage *stage, const char *dir)
{
	struct sbx_stage_dir fresh = { .dir_fd = -1, .stage_fd = -1 };

	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *other = sbx_vec_at(&stage->dirs, i);

		if (strcmp(other->dir, dir) == 0)
			return other;
	}
	fresh.dir = sbx_strdup(dir);
	return sbx_vec_push(&stage->dirs, sizeof(fresh), &fresh);
}

/* Nobody else can move a directory of ours here: what is ours and called like a stage is one. unlink(2), EPERM */
static bool names_are_ours(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || (st.st_uid != geteuid() && st.st_uid != 0))
		return false;
	return (st.st_mode & S_ISVTX) || (st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH)));
}

bool sbx_stage_is_name(const char *name)
{
	return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 && strlen(name) == sizeof(PREFIX) - 1 + 16 &&
	       strspn(name + sizeof(PREFIX) - 1, "0123456789abcdef") == 16;
}

/* What runs that were killed have left: ours, and locked by nobody. */
static void sweep_stale(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		int stale;

		if (!sbx_stage_is_name(entry->d_name))
			continue;
		stale = openat(dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (stale < 0)
			continue;
		if (fstat(stale, &st) == 0 && st.st_uid == geteuid() && flock(stale, LOCK_EX | LOCK_NB) == 0)
			sbx_tree_remove(dir_fd, entry->d_name, stale);
		close(stale);
	}
	if (dir)
		closedir(dir);
}

/*
 * It is the directory that was just made, or as good: where others can rename, somebody may have put another one in its
 * place, which the target would fill and the end would clear. Its owner is ours, or the file system gives all the same.
 */
static bool is_fresh(const struct sbx_stage_dir *dir, const struct stat *st)
{
	struct stat parent;

	return sbx_stage_empty(dir->stage_fd) &&
	       (st->st_uid == geteuid() || (fstat(dir->dir_fd, &parent) == 0 && st->st_uid == parent.st_uid));
}

/* One attempt; another run's sweep may take the fresh directory for stale before it is locked: then -1 with EAGAIN. */
static int make_locked(struct sbx_stage_dir *dir)
{
	unsigned long random = 0;
	struct stat st, parent;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -1;
	dir->name = sbx_join(PREFIX, sbx_hex(random));
	if (fstat(dir->dir_fd, &parent) < 0 || mkdirat(dir->dir_fd, dir->name, 0700) < 0)
		return -1;
	dir->before = parent.st_mtim;
	if (fstat(dir->dir_fd, &parent) == 0)
		dir->made = parent.st_mtim;
	dir->stage_fd = openat(dir->dir_fd, dir->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir->stage_fd >= 0 && flock(dir->stage_fd, LOCK_EX | LOCK_NB) == 0 && fstat(dir->stage_fd, &st) == 0 &&
	    st.st_nlink && is_fresh(dir, &st))
		return 0;
	if (dir->stage_fd >= 0)
		close(dir->stage_fd);
	dir->stage_fd = -1;
	errno = EAGAIN;
	return -1;
}

int sbx_stage_make(struct sbx_stage_dir *dir, struct sbx_err *err)
{
	cleanup_fd int plain = sbx_mounts_open_plain(dir->dir);

	dir->dir_fd = plain < 0 ? -1 : openat(plain, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir->dir_fd < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, dir->dir);
	if (names_are_ours(dir->dir_fd))
		sweep_stale(dir->dir_fd);
	for (int attempt = 1; make_locked(dir) < 0; attempt++)
		if (errno != EAGAIN || attempt == ATTEMPTS)
			return sbx_err_set(err, SBX_STEP_STAGE, errno, dir->dir);
	dir->path = sbx_format("%s/%s", dir->dir[1] ? dir->dir : "", dir->name);
	return 0;
}

void sbx_stage_pattern(struct sbx_stage_dir *dir, const struct sbx_pattern *pattern)
{
	sbx_vec_push(&dir->patterns, sizeof(*pattern), pattern);
}

/* As `as`, or nothing more than a name. */
static struct sbx_stage_file *add_file(struct sbx_stage_dir *dir, const char *name, const struct sbx_stage_file *as)
{
	struct sbx_stage_file *file = sbx_vec_push(&dir->files, sizeof(*file), as);

	file->name = sbx_strdup(name);
	if (!sbx_stage_find(dir, name))
		sbx_path_index_add(&dir->names, file->name, strlen(name), dir->files.count - 1);
	return file;
}

void sbx_stage_name(struct sbx_stage_dir *dir, const char *name, uint32_t may_be)
{
	add_file(dir, name, NULL)->may_be = may_be;
}

struct sbx_stage_file *sbx_stage_find(const struct sbx_stage_dir *dir, const char *name)
{
	const size_t at = sbx_path_index_at(&dir->names, name, strlen(name), NULL, NULL);

	return at == SBX_PATH_INDEX_NONE ? NULL : sbx_vec_at(&dir->files, at);
}

/* None can be made of a mount point, of others' files, of too many links, or on such a file system; or there is nothing
 * any more. */
static bool is_unlinkable(int errnum)
{
	return errnum == EXDEV || errnum == EPERM || errnum == EACCES || errnum == EMLINK || errnum == EOPNOTSUPP ||
	       errnum == ENOSYS || errnum == ENOENT;
}

/* The link shows what was seen. 0 when it can't be made, or something else was put there meanwhile; -1 with errno. */
static int link_file(const struct sbx_stage_dir *dir, const char *name, const struct stat *seen)
{
	struct stat st;
	int ret = 0, errnum;

	if (linkat(dir->dir_fd, name, dir->stage_fd, name, 0) < 0)
		return is_unlinkable(errno) ? 0 : -1;
	if (fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		ret = -1;
	else if (sbx_same_file(&st, seen))
		return 1;
	errnum = errno;
	unlinkat(dir->stage_fd, name, 0);
	errno = errnum;
	return ret;
}

/* Another run may put its own there between our look and the link: then that is what there is. 0 when none can be made;
 * -1 with errno, ENOENT where there is nothing any more. */
static int link_latest(struct sbx_stage_dir *dir, const char *name, struct stat *seen)
{
	struct stat now;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		const int linked = link_file(dir, name, seen);

		if (linked)
			return linked;
		if (fstatat(dir->dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if (!S_ISREG(now.st_mode) || sbx_same_file(&now, seen))
			break;
		*seen = now;
	}
	return 0;
}

static int fail_name(const struct sbx_stage_dir *dir, const char *name, struct sbx_err *err)
{
	return sbx_err_set(err, SBX_STEP_STAGE, errno, sbx_format("%s/%s", dir->dir, name));
}

int sbx_stage_existing(struct sbx_stage_dir *dir, const char *name, const struct stat *st, bool copy,
		       struct sbx_err *err)
{
	struct sbx_stage_file *file, made = { .existed = true, .seen = *st };
	struct stat there;
	int linked;

	if (fstatat(dir->stage_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0) {
		file = sbx_stage_find(dir, name); /* named twice, or it fitted a pattern before */
		if (!file)                        /* the file system takes THIS and this for one name */
			return sbx_err_set(err, SBX_STEP_STAGE, 0,
					   sbx_format("%s/%s is in the staging directory already, by another name",
						      dir->dir, name));
		file->fitting = false;
		return 1;
	}
	if (errno != ENOENT)
		return fail_name(dir, name, err);
	if (copy) {
		const int copied = sbx_copy_file(dir->dir_fd, dir->stage_fd, name, st, &made.copy);

		if (copied < 0)
			return sbx_err_set(err, SBX_STEP_STAGE, errno,
					   sbx_format("%s/%s, while it was copied", dir->dir, name));
		made.copied = copied;
	}
	linked = made.copied ? 1 : link_latest(dir, name, &made.seen);
	if (linked == 0)
		return 0;
	if (linked < 0 && errno != ENOENT)
		return fail_name(dir, name, err);
	if (linked < 0) {
		add_file(dir, name, NULL); /* gone meanwhile: an output that doesn't exist yet */
		return 1;
	}
	add_file(dir, name, &made);
	return 1;
}

void sbx_stage_allow(struct sbx_stage_dir *dir, const char *name, uint32_t may_be)
{
	struct sbx_stage_file *file = sbx_stage_find(dir, name);

	if (file)
		file->may_be |= may_be;
}

int sbx_stage_entry(struct sbx_stage_dir *dir, const char *name, const struct stat *st, struct sbx_err *err)
{
	struct sbx_stage_file file = { .existed = true, .seen = *st, .may_be = SBX_ARG_TREE | SBX_ARG_LINK };
	struct stat there;
	int linked;

	if (fstatat(dir->stage_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (S_ISDIR(st->st_mode)) {
		file.tree = sbx_alloc(sizeof(*file.tree));
		linked = sbx_tree_link(dir->dir_fd, dir->stage_fd, name, st, file.tree);
	} else {
		linked = link_file(dir, name, st);
	}
	if (linked < 0)
		return fail_name(dir, name, err);
	if (linked)
		add_file(dir, name, &file);
	return linked;
}

int sbx_stage_fitting(struct sbx_stage_dir *dir, const char *name, const struct stat *st, bool grantable,
		      struct sbx_err *err)
{
	struct sbx_stage_file *file;
	struct stat there;
	int linked = 0;

	if (fstatat(dir->stage_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (errno != ENOENT)
		return fail_name(dir, name, err);
	if (grantable && S_ISREG(st->st_mode))
		linked = link_file(dir, name, st);
	if (linked < 0)
		return fail_name(dir, name, err);
	file = add_file(dir, name, NULL);
	file->existed = file->fitting = linked;
	file->barred = !linked;
	file->seen = *st;
	return 0;
}

bool sbx_stage_shows(struct sbx_stage *stage, const char *path)
{
	const char *name = sbx_basename(path);
	const size_t len = (size_t)(name - path);

	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);
		struct sbx_stage_file *file;
		struct stat st;

		if (dir->stage_fd < 0 || strlen(dir->dir) + 1 != len || strncmp(dir->dir, path, len - 1) != 0)
			continue;
		if (fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			file = sbx_stage_find(dir, name);
			if (file && !file->fitting && !file->barred)
				return true; /* a new output: whatever has come to its place since is another run's */
			continue;
		}
		file = dir->patterns.count ? sbx_stage_find(dir, name) : NULL;
		if (!file || !file->fitting)
			return true;
		unlinkat(dir->stage_fd, name, 0);
		file->existed = false;
		file->barred = true;
	}
	return false;
}
