/*
 * stage.c -- staging directories. Everything after the run goes by descriptors and names without a slash; what is found
 * in the directory then was made by the target and is UNTRUSTED: only regular files are moved, with renameat2(2), and only to names that were known before or fit a pattern.
 */
#include "loader/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "loader/copy.h"
#include "loader/fds.h"
#include "loader/mounts.h"
#include "loader/protect.h"
#include "loader/tree.h"
#include "shim/err.h"

#define PREFIX ".sbx-stage-"
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

/* Nobody else can make or move names in the directory: what is called like a stage of ours is one. */
static bool names_are_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

bool sbx_stage_is_name(const char *name)
{
	return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 && strlen(name) == sizeof(PREFIX) - 1 + 16 &&
	       strspn(name + sizeof(PREFIX) - 1, "0123456789abcdef") == 16;
}

/* What runs that were killed have left: ours, and locked by nobody. */
static void sweep(int dir_fd)
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

/* One attempt; another run's sweep may take the fresh directory for stale before it is locked: then -1 with EAGAIN. */
static int make_locked(struct sbx_stage_dir *dir)
{
	unsigned long random = 0;
	struct stat st;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -1;
	dir->name = sbx_format("%s%016lx", PREFIX, random);
	if (mkdirat(dir->dir_fd, dir->name, 0700) < 0)
		return -1;
	dir->stage_fd = sbx_fds_high(openat(dir->dir_fd, dir->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (dir->stage_fd >= 0 && flock(dir->stage_fd, LOCK_EX | LOCK_NB) == 0 && fstat(dir->stage_fd, &st) == 0 &&
	    st.st_nlink)
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

	dir->dir_fd = plain < 0 ? -1 : sbx_fds_high(openat(plain, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (dir->dir_fd < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, dir->dir);
	if (names_are_ours(dir->dir_fd))
		sweep(dir->dir_fd);
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

static struct sbx_stage_file *add_file(struct sbx_stage_dir *dir, const char *name)
{
	struct sbx_stage_file *file = sbx_vec_push(&dir->files, sizeof(*file), NULL);

	file->name = sbx_strdup(name);
	return file;
}

void sbx_stage_name(struct sbx_stage_dir *dir, const char *name)
{
	add_file(dir, name);
}

static struct sbx_stage_file *find_file(const struct sbx_stage_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->files.count; i++) {
		struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		if (strcmp(file->name, name) == 0)
			return file;
	}
	return NULL;
}

static bool is_file(const struct stat *st, dev_t dev, ino_t ino)
{
	return st->st_dev == dev && st->st_ino == ino;
}

/* The link shows what was seen. It can't be made of a mount point, of others' files, or where a link was put meanwhile. */
static bool link_file(const struct sbx_stage_dir *dir, const char *name, const struct stat *seen)
{
	struct stat st;

	if (linkat(dir->dir_fd, name, dir->stage_fd, name, 0) < 0)
		return false;
	if (fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_file(&st, seen->st_dev, seen->st_ino))
		return true;
	unlinkat(dir->stage_fd, name, 0);
	return false;
}

int sbx_stage_existing(struct sbx_stage_dir *dir, const char *name, const struct stat *st, bool copy, struct sbx_err *err)
{
	struct sbx_stage_file *file, made = { .existed = true, .dev = st->st_dev, .ino = st->st_ino };
	struct stat there;

	if (fstatat(dir->stage_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0) {
		file = find_file(dir, name); /* named twice, or it fitted a pattern before */
		file->fitting = false;
		return 1;
	}
	if (copy) {
		const int copied = sbx_copy_file(dir->dir_fd, dir->stage_fd, name, st, &made.copy);

		if (copied < 0)
			return sbx_err_set(err, SBX_STEP_STAGE, errno, sbx_format("%s/%s, while it was copied", dir->dir, name));
		made.copied = copied;
	}
	if (!made.copied && !link_file(dir, name, st))
		return 0;
	made.name = sbx_strdup(name);
	sbx_vec_push(&dir->files, sizeof(made), &made);
	return 1;
}

void sbx_stage_fitting(struct sbx_stage_dir *dir, const char *name, const struct stat *st, bool grantable)
{
	struct sbx_stage_file *file;
	struct stat there;

	if (fstatat(dir->stage_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	file = add_file(dir, name);
	file->existed = file->fitting = grantable && S_ISREG(st->st_mode) && link_file(dir, name, st);
	file->barred = !file->existed;
	file->dev = st->st_dev;
	file->ino = st->st_ino;
}

bool sbx_stage_shows(struct sbx_stage *stage, const char *path)
{
	const char *name = sbx_basename(path);
	const size_t len = (size_t)(name - path);

	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);
		struct sbx_stage_file *file;
		struct stat st;

		if (dir->stage_fd < 0 || strlen(dir->dir) + 1 != len || strncmp(dir->dir, path, len - 1) != 0 ||
		    fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		file = dir->patterns.count ? find_file(dir, name) : NULL;
		if (!file || !file->fitting)
			return true;
		unlinkat(dir->stage_fd, name, 0);
		file->existed = false;
		file->barred = true;
	}
	return false;
}

/* Whatever could not be moved is to outlive the next run's sweep. */
static void keep_stage(struct sbx_stage_dir *dir)
{
	char *kept = sbx_format(".sbx-kept-%s", dir->name + sizeof(PREFIX) - 1);

	if (strncmp(dir->name, PREFIX, sizeof(PREFIX) - 1) == 0 && renameat(dir->dir_fd, dir->name, dir->dir_fd, kept) == 0)
		dir->name = kept;
}

enum moved { MOVED, REFUSED, FAILED };

/* A file that the target made becomes dir/name. A missing one is no error: the tool didn't write it. */
static enum moved move_output(struct sbx_stage_dir *dir, const char *name, struct sbx_err *err)
{
	cleanup_fd int fd = openat(dir->stage_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return MOVED;
	sbx_err_set(err, SBX_STEP_STAGE, 0, "an output is no regular file, or is setuid: it is not moved into place");
	if (!S_ISREG(st.st_mode))
		return REFUSED;
	if ((st.st_mode & (S_ISUID | S_ISGID)) && (fd < 0 || fchmod(fd, st.st_mode & 01777) < 0))
		return REFUSED;
	if (syscall(SYS_renameat2, dir->stage_fd, name, dir->dir_fd, name, 0) == 0)
		return MOVED;
	sbx_err_set(err, SBX_STEP_STAGE, errno, "");
	keep_stage(dir);
	sbx_err_set(err, SBX_STEP_STAGE, err->errnum, sbx_format("%s/%s (it is kept in %s)", dir->dir, name, dir->name));
	return FAILED;
}

/* Mounted over in the sandbox: what stands in the stage is nothing but the mount point. */
static bool is_point(const struct sbx_stage *stage, const struct sbx_stage_dir *dir, const char *name)
{
	char *path = sbx_format("%s/%s", dir->dir[1] ? dir->dir : "", name);
	const struct sbx_plan_mount *mount = sbx_plan_find(stage->plan, path);

	return mount && strcmp(mount->dst, path) == 0;
}

/* The link, or the copy that nobody has touched: the host's own file is as it should be. */
static bool unchanged(const struct sbx_stage_file *file, const struct stat *st)
{
	if (!file->copied)
		return file->existed && is_file(st, file->dev, file->ino);
	return is_file(st, file->copy.st_dev, file->copy.st_ino) && st->st_size == file->copy.st_size &&
	       st->st_ctim.tv_sec == file->copy.st_ctim.tv_sec && st->st_ctim.tv_nsec == file->copy.st_ctim.tv_nsec;
}

static enum moved settle_file(const struct sbx_stage *stage, struct sbx_stage_dir *dir, const struct sbx_stage_file *file,
			      struct sbx_err *err)
{
	struct stat st;

	if (fstatat(dir->stage_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || unchanged(file, &st) ||
	    is_point(stage, dir, file->name))
		return MOVED;
	if (!file->barred)
		return move_output(dir, file->name, err);
	sbx_err_set(err, SBX_STEP_STAGE, 0, sbx_format("%s/%s is there already, and no output: it is not replaced", dir->dir, file->name));
	return REFUSED;
}

/* UNTRUSTED: a name that the target has chosen. Those that were known beforehand are settled by now. */
static enum moved settle_name(const struct sbx_stage *stage, struct sbx_stage_dir *dir, const char *name, struct sbx_err *err)
{
	const struct sbx_resolved path = { .path = sbx_format("%s/%s", dir->dir[1] ? dir->dir : "", name) };
	bool fits = false;

	for (size_t i = 0; i < dir->patterns.count && !fits; i++)
		fits = sbx_names_fit(sbx_vec_at(&dir->patterns, i), name);
	if (!fits || is_point(stage, dir, name) || find_file(dir, name))
		return MOVED;
	if (!sbx_protect_reason(stage->plan, &path))
		return move_output(dir, name, err);
	sbx_err_set(err, SBX_STEP_STAGE, 0, sbx_format("%s has a protected name: it is not moved into place", path.path));
	return REFUSED;
}

static struct sbx_vec names_in(int stage_fd)
{
	const int fd = openat(stage_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct sbx_vec names = { 0 };
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *name = sbx_strdup(entry->d_name);

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			sbx_vec_push(&names, sizeof(name), &name);
	}
	if (dir)
		closedir(dir);
	return names;
}

/* The target has removed it: so is the host's, if that is still the one. After the moves, when nothing is in the stage alone. */
static void remove_gone(const struct sbx_stage_dir *dir, const struct sbx_stage_file *file)
{
	struct stat st;

	if (file->existed && fstatat(dir->stage_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT &&
	    fstatat(dir->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_file(&st, file->dev, file->ino))
		unlinkat(dir->dir_fd, file->name, 0);
}

/* Returns the worst that has happened; err is of that. */
static enum moved settle_dir(const struct sbx_stage *stage, struct sbx_stage_dir *dir, struct sbx_err *err)
{
	struct sbx_vec names = dir->patterns.count ? names_in(dir->stage_fd) : (struct sbx_vec){ 0 };
	enum moved worst = MOVED, moved;

	for (size_t i = 0; i < dir->files.count + names.count; i++) {
		const size_t n = i - dir->files.count;
		struct sbx_err one;

		moved = i < dir->files.count ? settle_file(stage, dir, sbx_vec_at(&dir->files, i), &one) :
					       settle_name(stage, dir, *(char **)sbx_vec_at(&names, n), &one);
		if (moved > worst) {
			worst = moved;
			*err = one;
		}
	}
	for (size_t i = 0; i < dir->files.count; i++)
		remove_gone(dir, sbx_vec_at(&dir->files, i));
	return worst;
}

int sbx_stage_finish(struct sbx_stage *stage, bool keep, struct sbx_err *err)
{
	int ret = 0;

	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);
		enum moved moved;

		if (dir->stage_fd < 0)
			continue;
		(void)!fchmod(dir->stage_fd, 0700); /* the target may have closed it */
		moved = keep ? settle_dir(stage, dir, err) : MOVED;
		ret = moved == MOVED ? ret : -1;
		if (moved != FAILED && !sbx_tree_remove(dir->dir_fd, dir->name, dir->stage_fd))
			ret = sbx_err_set(err, SBX_STEP_STAGE, errno, dir->path);
		close(dir->stage_fd);
		close(dir->dir_fd);
		dir->stage_fd = -1;
	}
	return ret;
}
