/* SPDX-License-Identifier: MIT */
/*
 * file_copy.c -- copies a file for the stage. copy_file_range(2) shares the blocks where the file system can.
 * UNTRUSTED: what is at the name; it was looked at before, and is looked at again by its descriptor.
 */
#include "loader/output/file_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "shim/lookup.h"

#define PLAINLY (64u << 10)
#define CHUNK (1u << 30)

/* One that a copy can stand for; -1 when that can't be told. */
static int is_simple(int fd, const struct stat *st)
{
	struct stat now;
	ssize_t attributes;

	if (fstat(fd, &now) < 0)
		return -1;
	if (!sbx_same_file(&now, st) || !S_ISREG(now.st_mode) || now.st_nlink != 1 ||
	    (now.st_mode & (S_ISUID | S_ISGID)))
		return false;
	attributes = flistxattr(fd, NULL, 0);
	if (attributes < 0)
		return errno == EOPNOTSUPP ? true : -1;
	return attributes == 0;
}

/* Where copy_file_range can't. */
static int copy_plainly(int in, int out)
{
	static char *buffer;
	ssize_t got;

	if (!buffer)
		buffer = sbx_alloc(PLAINLY);
	while ((got = read(in, buffer, PLAINLY)) > 0)
		for (ssize_t done = 0; done < got;) {
			const ssize_t put = write(out, buffer + done, (size_t)(got - done));

			if (put < 0)
				return -1;
			done += put;
		}
	return got < 0 ? -1 : 0;
}

/* One stretch of data, from the same place in both. */
static int copy_range(int in, int out, off_t at, off_t end)
{
	if (lseek(in, at, SEEK_SET) < 0 || lseek(out, at, SEEK_SET) < 0)
		return -1;
	while (at < end) {
		const size_t want = end - at < (off_t)CHUNK ? (size_t)(end - at) : CHUNK;
		const ssize_t got = copy_file_range(in, NULL, out, NULL, want, 0);

		if (got < 0)
			return errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS ?
				       copy_plainly(in, out) :
				       -1;
		if (!got)
			break;
		at += got;
	}
	return 0;
}

/* Holes stay holes. */
static int copy_data(int in, int out, off_t size)
{
	for (off_t at = 0, end; at < size; at = end) {
		at = lseek(in, at, SEEK_DATA);
		if (at < 0)
			return errno == ENXIO ? ftruncate(out, size) : -1;
		end = lseek(in, at, SEEK_HOLE);
		if (end < 0 || copy_range(in, out, at, end) < 0)
			return -1;
	}
	return ftruncate(out, size);
}

/* 1, or -1. Where it can't be given the owner that it should have, which who may remove the file needs not be able to
 * give, it stays the caller's: sbx_state_overtaken() lets no such copy take the file's place. */
static int fill_copy(int in, int out, const struct stat *st, struct stat *made)
{
	const struct timespec times[] = { st->st_atim, st->st_mtim };

	if (fstat(out, made) < 0)
		return -1;
	if ((made->st_uid != st->st_uid || made->st_gid != st->st_gid) && fchown(out, st->st_uid, st->st_gid) < 0)
		if (errno != EPERM && errno != EINVAL) /* EINVAL: nobody of this user namespace */
			return -1;
	return copy_data(in, out, st->st_size) < 0 || fchmod(out, st->st_mode & 01777) < 0 ||
			       futimens(out, times) < 0 || fstat(out, made) < 0 ?
		       -1 :
		       1;
}

int sbx_copy_file(int from, int to, const char *name, const struct stat *st, struct stat *made)
{
	cleanup_fd int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	cleanup_fd int out = -1;
	int ret, errnum;

	if (in < 0) /* ENXIO: a socket by now; EWOULDBLOCK: somebody's lease */
		return sbx_lookup_unreachable(errno) || errno == ENXIO || errno == EWOULDBLOCK ? 0 : -1;
	ret = is_simple(in, st);
	if (ret <= 0)
		return ret;
	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return -1;
	ret = fill_copy(in, out, st, made);
	errnum = errno;
	if (ret != 1)
		unlinkat(to, name, 0);
	errno = errnum;
	return ret;
}
