/*
 * stage.c -- staging directories. Everything after the run goes by descriptors and names without a slash; what is found
 * in the directory then was made by the target and is UNTRUSTED: only regular files are moved, with renameat2(2).
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

#include "loader/fds.h"
#include "loader/mounts.h"
#include "shim/err.h"

#define PREFIX ".sbx-stage-"
#define ATTEMPTS 20

struct sbx_stage_dir *sbx_stage_plan(struct sbx_stage *stage, const char *dir, const char *name)
{
	struct sbx_stage_dir fresh = { .dir_fd = -1, .stage_fd = -1 }, *entry = NULL;
	char *copy = sbx_strdup(name);

	for (size_t i = 0; i < stage->dirs.count && !entry; i++) {
		struct sbx_stage_dir *other = sbx_vec_at(&stage->dirs, i);

		entry = strcmp(other->dir, dir) == 0 ? other : NULL;
	}
	if (!entry) {
		fresh.dir = sbx_strdup(dir);
		entry = sbx_vec_push(&stage->dirs, sizeof(fresh), &fresh);
	}
	sbx_vec_push(&entry->names, sizeof(copy), &copy);
	return entry;
}

/* A directory's mode, never a link's target's: nobody else acts in here any more. */
static void make_usable(int parent, const char *name)
{
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) && fchmodat(parent, name, 0700, 0) < 0)
		return; /* then what follows fails, and is told */
}

/* Move the directories in stage/name up into the stage itself and remove all else; then `name`, which is empty. */
static bool flatten(int stage, const char *name, unsigned *serial)
{
	struct dirent *entry;
	DIR *dir;
	int fd;

	make_usable(stage, name);
	fd = openat(stage, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	while (dir && (entry = readdir(dir))) {
		char up[40];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    unlinkat(fd, entry->d_name, 0) == 0 || unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0)
			continue;
		make_usable(fd, entry->d_name);
		do
			snprintf(up, sizeof(up), ".sbx-%u", (*serial)++);
		while (renameat(fd, entry->d_name, stage, up) < 0 && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
	}
	if (dir)
		closedir(dir);
	return unlinkat(stage, name, AT_REMOVEDIR) == 0;
}

/*
 * Remove the tree that the target may have filled, however deep and whatever its modes: directories are moved up one by
 * one, so that no path gets long. By descriptors, never following a link. False when something could not be removed.
 */
static bool remove_tree(int parent, const char *name, int stage)
{
	unsigned serial = 0;
	bool again = fchmod(stage, 0700) == 0;

	while (again) {
		const int fd = openat(stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
		struct dirent *entry;

		again = false;
		while (dir && (entry = readdir(dir))) {
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (unlinkat(stage, entry->d_name, 0) == 0 || flatten(stage, entry->d_name, &serial))
				again = true;
		}
		if (dir)
			closedir(dir);
	}
	return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

/* Nobody else can make or move names in the directory: what is called like a stage of ours is one. */
static bool names_are_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static bool is_stage_name(const char *name)
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

		if (!is_stage_name(entry->d_name))
			continue;
		stale = openat(dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (stale < 0)
			continue;
		if (fstat(stale, &st) == 0 && st.st_uid == geteuid() && flock(stale, LOCK_EX | LOCK_NB) == 0)
			remove_tree(dir_fd, entry->d_name, stale);
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

enum moved { MOVED, REFUSED, FAILED };

/* A file that the target made becomes dir/name. A missing one is no error: the tool didn't write it. */
static enum moved move_output(const struct sbx_stage_dir *dir, const char *name, struct sbx_err *err)
{
	char *subject = sbx_format("%s/%s (it is kept in %s)", dir->dir, name, dir->name);
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
	sbx_err_set(err, SBX_STEP_STAGE, errno, subject);
	return FAILED;
}

int sbx_stage_finish(struct sbx_stage *stage, bool keep, struct sbx_err *err)
{
	int ret = 0;

	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);
		bool failed = false;

		if (dir->stage_fd < 0)
			continue;
		(void)!fchmod(dir->stage_fd, 0700); /* the target may have closed it */
		for (size_t n = 0; keep && n < dir->names.count; n++) {
			enum moved moved = move_output(dir, *(char **)sbx_vec_at(&dir->names, n), err);

			ret = moved == MOVED ? ret : -1;
			failed |= moved == FAILED;
		}
		if (!failed && !remove_tree(dir->dir_fd, dir->name, dir->stage_fd))
			ret = sbx_err_set(err, SBX_STEP_STAGE, errno, dir->path);
		close(dir->stage_fd);
		close(dir->dir_fd);
		dir->stage_fd = -1;
	}
	return ret;
}
