/* SPDX-License-Identifier: MIT */
/*
 * output_meet.c -- runs that make one name at once: mkdir -p, touch, cp. UNTRUSTED: what is at the names; never
 * followed, and nothing that is there is replaced.
 */
#include "loader/output/output_meet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/fs.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "shim/path_text.h"

#define CHUNK 16384

static int open_file(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* As many bytes as there are, `size` at most; -1 with errno. */
static ssize_t read_all(int fd, char *to, size_t size)
{
	size_t done = 0;
	ssize_t got = 1;

	while (got > 0 && done < size) {
		got = read(fd, to + done, size - done);
		done += got > 0 ? (size_t)got : 0;
	}
	return got < 0 ? -1 : (ssize_t)done;
}

static bool same_bytes(int one, int two)
{
	char a[CHUNK], b[CHUNK];
	ssize_t got;

	do {
		got = read_all(one, a, sizeof(a));
		if (sbx_interrupted() || got < 0 || read_all(two, b, sizeof(b)) != got ||
		    memcmp(a, b, (size_t)got) != 0)
			return false;
	} while (got == sizeof(a));
	return true;
}

static bool same_file(int from, int to, const char *name)
{
	cleanup_fd int ours = open_file(from, name), theirs = open_file(to, name);
	struct stat one, two;

	return ours >= 0 && theirs >= 0 && fstat(ours, &one) == 0 && fstat(theirs, &two) == 0 && S_ISREG(one.st_mode) &&
	       one.st_mode == two.st_mode && one.st_uid == two.st_uid && one.st_size == two.st_size &&
	       same_bytes(ours, theirs);
}

static bool same_link(int from, int to, const char *name)
{
	char one[4096], two[sizeof(one)];
	const ssize_t len = readlinkat(from, name, one, sizeof(one)), other = readlinkat(to, name, two, sizeof(two));

	return len > 0 && len == other && len < (ssize_t)sizeof(one) && memcmp(one, two, (size_t)len) == 0;
}

static bool merge_dir(int from, int to, const char *name)
{
	cleanup_fd int ours = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_fd int theirs = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct sbx_entries entries = { .fd = ours };
	const struct sbx_entry *entry;
	bool merged = ours >= 0 && theirs >= 0;

	while (merged && !sbx_interrupted() && (entry = sbx_entries_next(&entries))) {
		struct stat st;

		if (sbx_is_dot_entry(entry->name))
			continue;
		if (fstatat(ours, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return false;
		merged = syscall(SYS_renameat2, ours, entry->name, theirs, entry->name, RENAME_NOREPLACE) == 0 ||
			 (errno == EEXIST && sbx_output_meet(ours, theirs, entry->name, &st, true));
	}
	return merged && !entries.errnum && !sbx_interrupted();
}

bool sbx_output_meet(int from, int to, const char *name, const struct stat *st, bool merge)
{
	if (S_ISREG(st->st_mode))
		return same_file(from, to, name);
	if (S_ISLNK(st->st_mode))
		return same_link(from, to, name);
	return S_ISDIR(st->st_mode) && merge && merge_dir(from, to, name);
}
