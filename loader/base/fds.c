/* SPDX-License-Identifier: MIT */
/*
 * fds.c -- close_range(2) and fcntl(2): which descriptors cross the exec. Linux >= 5.11 (CLOSE_RANGE_CLOEXEC).
 */
#include "loader/base/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "loader/base/memory.h"
#include "shim/err.h"

static struct stat standard[3]; /* as the caller has opened them */

int sbx_fds_stat(int fd, struct stat *st)
{
	if (fd < 0 || fd > 2 || !standard[fd].st_mode)
		return fstat(fd, st);
	*st = standard[fd];
	return 0;
}

int sbx_fds_guard(struct sbx_err *err)
{
	int guarded = 0;

	for (int fd = 0; fd <= 2; fd++) {
		if (fstat(fd, &standard[fd]) == 0 || errno != EBADF)
			continue;
		guarded |= 1 << fd;
		if (openat(AT_FDCWD, "/", O_PATH | O_CLOEXEC) != fd)
			return sbx_err_set(err, SBX_STEP_FDS, errno, "a closed standard descriptor cannot be guarded");
	}
	return guarded;
}

static int refuse_fd(struct sbx_err *err, int fd, const char *why)
{
	char *text = sbx_format("descriptor %d %s", fd, why);

	sbx_err_set(err, SBX_STEP_FDS, 0, text);
	return -1;
}

static int check_fd(int fd, struct stat *st, struct sbx_err *err)
{
	if (sbx_fds_stat(fd, st) < 0)
		return refuse_fd(err, fd, "is not open");
	return S_ISDIR(st->st_mode) ? refuse_fd(err, fd, "is a directory, and would lead out of the sandbox") : 0;
}

int sbx_fds_check(int guarded, const struct sbx_vec *keep, struct sbx_err *err)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++) {
		if (guarded & (1 << fd))
			continue;
		if (check_fd(fd, &st, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < keep->count; i++)
		if (check_fd(*(int *)sbx_vec_at(keep, i), &st, err) < 0)
			return -1;
	return 0;
}

void sbx_fds_named_pipes(char *const *argv, struct sbx_vec *pipes)
{
	static const char *const places[] = { "/dev/fd/", "/proc/self/fd/" };

	for (size_t i = 0; argv[0] && argv[i + 1]; i++)
		for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
			const size_t len = strlen(places[p]);
			const char *number = argv[i + 1] + len;
			struct stat st;
			int fd;

			if (strncmp(argv[i + 1], places[p], len) != 0 || strlen(number) - 1 > 5 ||
			    number[strspn(number, "0123456789")])
				continue;
			fd = (int)strtol(number, NULL, 10);
			if (fd > 2 && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
				sbx_vec_push(pipes, sizeof(fd), &fd);
		}
}

int sbx_fds_high(int fd)
{
	int high;

	if (fd < 0 || fd >= 10)
		return fd;
	high = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC,
			    10); /* musl's makes sure of the flag, which Linux 2.6.24 has brought */
	close(fd);
	return high;
}

int sbx_fds_close_but(int fd)
{
	if (fd > 0 && syscall(SYS_close_range, 0, fd - 1, 0) < 0)
		return -1;
	return (int)syscall(SYS_close_range, fd + 1, ~0u, 0);
}

int sbx_fds_seal(const struct sbx_vec *keep, const int *pass, size_t count, struct sbx_err *err)
{
	if (syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return sbx_err_set(err, SBX_STEP_FDS, errno == EINVAL ? ENOSYS : errno, "close_range");
	for (size_t i = 0; i < keep->count; i++)
		if (fcntl(*(int *)sbx_vec_at(keep, i), F_SETFD, 0) < 0)
			return sbx_err_set(err, SBX_STEP_FDS, errno, "a kept descriptor");
	for (size_t i = 0; i < count; i++)
		if (pass[i] >= 0 && fcntl(pass[i], F_SETFD, 0) < 0)
			return sbx_err_set(err, SBX_STEP_FDS, errno, "the shim's descriptors");
	return 0;
}
