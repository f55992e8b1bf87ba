/* SPDX-License-Identifier: MIT */
/*
 * read_text.c -- open(2), one read(2): the kernel gives its small files whole.
 */
#include "loader/base/read_text.h"

#include <fcntl.h>
#include <unistd.h>

#include "loader/base/cleanup.h"

ssize_t sbx_read_text(int dir, const char *path, char *text, size_t size)
{
	cleanup_fd int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	const ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	text[len > 0 ? len : 0] = 0;
	return len;
}

ssize_t sbx_read_at(int fd, void *bytes, size_t size, off_t at)
{
	size_t done = 0;
	ssize_t got;

	while (done < size) {
		got = pread(fd, (char *)bytes + done, size - done, at + (off_t)done);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}
