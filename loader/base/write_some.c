/* SPDX-License-Identifier: MIT */
/*
 * write_some.c -- O_NONBLOCK for one write(2), without the flag on a description that the caller has as well:
 * pwritev2(2), RWF_NOWAIT, which pipes without a name know, and send(2); a fifo or a terminal is opened once more.
 */
#include "loader/base/write_some.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "loader/base/cleanup.h"

#define RWF_NOWAIT_ 8

static ssize_t write_anew(int fd, const char *text, size_t len)
{
	char path[32];
	cleanup_fd int again = -1;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = openat(AT_FDCWD, path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return write(again < 0 ? fd : again, text, len);
}

ssize_t sbx_write_some(int fd, const char *text, size_t len)
{
	struct iovec piece = { .iov_base = (void *)(uintptr_t)text, .iov_len = len < PIPE_BUF ? len : PIPE_BUF };
	struct stat st;
	ssize_t wrote = -1;

	if (fstat(fd, &st) < 0)
		return -1;
	if (S_ISSOCK(st.st_mode))
		return send(fd, text, len, MSG_DONTWAIT);
	if (S_ISFIFO(st.st_mode))
		wrote = syscall(SYS_pwritev2, fd, &piece, 1, -1L, -1L, RWF_NOWAIT_);
	if (S_ISFIFO(st.st_mode) && (wrote >= 0 || errno == EAGAIN || errno == EPIPE))
		return wrote;
	return S_ISFIFO(st.st_mode) || isatty(fd) ? write_anew(fd, text, piece.iov_len) :
						    write(fd, text, piece.iov_len);
}
