/* SPDX-License-Identifier: MIT */
/*
 * streams.c -- all descriptors from one open(2) share their flags, the caller's shell's as well; a file's mode is the
 * same for the whole host. open_tree(2), fcntl(2), proc(5).
 *
 * Regular files stay: their position is shared for a reason. A pipe, a terminal or /dev/null has none.
 */
#include "loader/run/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/fds.h"
#include "loader/base/memory.h"
#include "loader/base/mounts.h"
#include "shim/err.h"
#include "shim/lookup.h"

#define LINK_MAX_LEN 256
/* What of the flags open(2) takes and F_GETFL tells. */
#define KEPT_FLAGS (O_ACCMODE | O_APPEND | O_NONBLOCK | O_DIRECT)

/* Devices for which to be opened once more has no effect: null, zero, full, random, urandom; terminals. */
static bool is_plain_device(dev_t rdev)
{
	static const struct {
		unsigned int major, first, last;
	} plain[] = {
		{ 1, 3, 3 },     { 1, 5, 5 },     { 1, 7, 9 },     { 4, 1, 63 }, /* of consoles */
		{ 136, 0, ~0u }, { 137, 0, ~0u }, { 138, 0, ~0u }, { 139, 0, ~0u },
		{ 140, 0, ~0u }, { 141, 0, ~0u }, { 142, 0, ~0u }, { 143, 0, ~0u },
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (major(rdev) == plain[i].major && minor(rdev) >= plain[i].first && minor(rdev) <= plain[i].last)
			return true;
	return false;
}

/* `path` with the flags that `fd` has, in its place; -1 when it can't be had. No opening waits for another end. */
static int replace(int fd, const char *path, int flags)
{
	const int wanted = flags & KEPT_FLAGS;
	int again = openat(AT_FDCWD, path, wanted | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (again < 0 || (again <= 2 && (again = sbx_fds_high(again)) < 0))
		return -1;
	if ((!(wanted & O_NONBLOCK) && fcntl(again, F_SETFL, wanted) < 0) || dup2(again, fd) < 0) {
		close(again);
		return -1;
	}
	close(again);
	return 0;
}

/* A read-only mount of the very device, found by its name in this mount namespace: -1 when it isn't there. */
static int device_mount(int fd, const struct stat *st)
{
	char link[32], path[LINK_MAX_LEN];
	cleanup_fd int place = -1;
	struct stat found;
	ssize_t len;
	int tree;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len <= 0 || path[0] != '/')
		return -1;
	path[len] = 0;
	place = sbx_mounts_open_plain(path);
	if (place < 0 || fstat(place, &found) < 0 || !sbx_same_file(&found, st) || found.st_rdev != st->st_rdev)
		return -1;
	tree = sbx_mounts_clone_fd(place);
	if (tree >= 0 &&
	    sbx_mounts_restrict(tree, "", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, false) < 0) {
		close(tree);
		return -1;
	}
	return tree;
}

static int reopen_device(int fd, const struct stat *st, int flags)
{
	cleanup_fd int tree = device_mount(fd, st);
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", tree);
	return tree < 0 ? -1 : replace(fd, path, flags);
}

static bool is_terminal(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) > 1 && is_plain_device(st->st_rdev);
}

/* /dev/null and its like, which the private root has on a read-only mount of its own: sbx_streams_reopen_inside(). */
static bool is_memory(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 && is_plain_device(st->st_rdev);
}

/* One with a name tells its reader of the end by poll(2) only if that was there before the writer was gone. */
static bool is_anonymous_pipe(int fd, const struct stat *st)
{
	struct statfs fs;

	return S_ISFIFO(st->st_mode) && fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
}

void sbx_streams_reopen(struct sbx_inherited *inherited, const struct sbx_caller *caller, bool mounts)
{
	for (int fd = 0; fd <= 2; fd++) {
		const int flags = fcntl(fd, F_GETFL);
		struct stat st;
		char path[32];

		if (flags < 0 || (flags & O_PATH) || fstat(fd, &st) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (mounts && st.st_uid == caller->uid && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))) {
			if (!is_memory(&st) && (!is_plain_device(st.st_rdev) || reopen_device(fd, &st, flags) < 0))
				inherited->kinds |= SBX_INHERITED_DEVICE;
		} else if (is_anonymous_pipe(fd, &st) || is_terminal(&st)) {
			replace(fd, path, flags);
		}
	}
}

/* 1: opened anew; 0: it isn't there, or not for the caller; -1 with errno. */
static int reopen_memory(int fd, const struct stat *st)
{
	static const char *const names[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom" };
	struct stat found;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (stat(names[i], &found) < 0) {
			if (!sbx_lookup_unreachable(errno))
				return -1;
			continue;
		}
		if (sbx_same_file(&found, st) && found.st_rdev == st->st_rdev)
			return replace(fd, names[i], fcntl(fd, F_GETFL)) == 0 ? 1 : sbx_lookup_unreachable(errno) - 1;
	}
	return 0;
}

int sbx_streams_reopen_inside(struct sbx_inherited *inherited, const struct sbx_caller *caller, struct sbx_err *err)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++) {
		int done = 0;

		if (fstat(fd, &st) < 0)
			done = errno == EBADF ? 1 : -1;
		else if (st.st_uid != caller->uid || !is_memory(&st) || (fcntl(fd, F_GETFL) & O_PATH))
			done = 1;
		if (!done)
			done = reopen_memory(fd, &st);
		if (done < 0)
			return sbx_err_set(err, SBX_STEP_FDS, errno, sbx_format("%d", fd));
		inherited->kinds |= done ? 0 : SBX_INHERITED_DEVICE;
	}
	return 0;
}

/* What proc(5) says of the open file. True when that can't be read. */
static bool has_lock(int fd)
{
	char path[48], text[1024];
	cleanup_fd int info = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	len = info < 0 ? -1 : read(info, text, sizeof(text) - 1);
	if (len <= 0)
		return true;
	text[len] = 0;
	return strstr(text, "\nlock:") != NULL;
}

static void unlock(int fd)
{
	struct flock all = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	flock(fd, LOCK_UN);
	fcntl(fd, F_OFD_SETLK, &all);
}

void sbx_streams_keep(struct sbx_streams *streams)
{
	for (int fd = 0; fd <= 2; fd++) {
		struct stat st;

		streams->flags[fd] = fcntl(fd, F_GETFL);
		streams->fd[fd] = streams->flags[fd] >= 0 && !(streams->flags[fd] & O_PATH) && fstat(fd, &st) == 0 &&
						  S_ISREG(st.st_mode) ?
					  fcntl(fd, F_DUPFD_CLOEXEC, 10) :
					  -1;
		streams->locked[fd] = streams->fd[fd] < 0 || has_lock(streams->fd[fd]);
	}
}

void sbx_streams_restore(const struct sbx_streams *streams)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (streams->fd[fd] >= 0 && fcntl(streams->fd[fd], F_GETFL) != streams->flags[fd])
			fcntl(streams->fd[fd], F_SETFL, streams->flags[fd]);
		if (!streams->locked[fd])
			unlock(streams->fd[fd]);
	}
}
