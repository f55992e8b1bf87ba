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

#include "shim/err.h"

#define PREFIX ".sbx-stage-"
#define DEPTH_MAX 64
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

/* Remove a tree that the target may have filled; by descriptors, never following a link. */
static void remove_tree(int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir;
	struct dirent *entry;

	if (fd >= 0 && depth < DEPTH_MAX && (fchmod(fd, 0700), dir = fdopendir(fd))) {
		while ((entry = readdir(dir))) {
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (unlinkat(fd, entry->d_name, 0) < 0)
				remove_tree(fd, entry->d_name, depth + 1);
		}
		closedir(dir);
	} else if (fd >= 0) {
		close(fd);
	} else if (errno == EACCES && fchmodat(parent, name, 0700, 0) == 0 && depth < DEPTH_MAX) {
		remove_tree(parent, name, DEPTH_MAX);
	}
	unlinkat(parent, name, AT_REMOVEDIR);
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

		if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) != 0)
			continue;
		stale = openat(dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (stale < 0)
			continue;
		if (fstat(stale, &st) == 0 && st.st_uid == geteuid() && flock(stale, LOCK_EX | LOCK_NB) == 0)
			remove_tree(dir_fd, entry->d_name, 0);
		close(stale);
	}
	if (dir)
		closedir(dir);
}

static int high_fd(int fd)
{
	int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);

	if (fd >= 0)
		close(fd);
	return high;
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
	dir->stage_fd = high_fd(openat(dir->dir_fd, dir->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
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
	dir->dir_fd = high_fd(openat(AT_FDCWD, dir->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (dir->dir_fd < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, dir->dir);
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
		fchmod(dir->stage_fd, 0700);
		for (size_t n = 0; keep && n < dir->names.count; n++) {
			enum moved moved = move_output(dir, *(char **)sbx_vec_at(&dir->names, n), err);

			ret = moved == MOVED ? ret : -1;
			failed |= moved == FAILED;
		}
		if (!failed)
			remove_tree(dir->dir_fd, dir->name, 0);
		close(dir->stage_fd);
		close(dir->dir_fd);
		dir->stage_fd = -1;
	}
	return ret;
}
