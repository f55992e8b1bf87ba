/* SPDX-License-Identifier: MIT */
/*
 * kept_tree.c -- by descriptors and names without a slash, never following a link, never deeper than what sbx-wrap
 * itself would move. UNTRUSTED: what is found there was made by the sandboxed command.
 */
#include "conf/commands/kept_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "shim/path_text.h"

#define DEPTH_MAX 200u
#define ENTRIES_MAX 1000000u

struct walk {
	uint64_t bytes;
	unsigned depth, left;
	const char *wrong;
};

bool sbx_kept_each(int fd, bool (*each)(int fd, const char *name, void *arg), void *arg)
{
	const int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own >= 0 ? fdopendir(own) : NULL;
	const struct dirent *entry;
	bool good = dir;

	while (good && (entry = readdir(dir)))
		if (!sbx_is_dot_entry(entry->d_name))
			good = each(fd, entry->d_name, arg);
	if (dir)
		closedir(dir);
	return good;
}

/* Opened, and made usable where its mode forbids that. */
static int open_below(int parent, const char *name)
{
	SBX_CLEANUP_FD int found = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char by_fd[40];
	struct stat st;

	if (found < 0 || fstat(found, &st) < 0)
		return -1;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", found);
	if ((st.st_mode & 0700) != 0700 && chmod(by_fd, (st.st_mode | 0700) & 01777) < 0)
		return -1;
	return openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool into(int parent, const char *name, struct walk *walk, bool (*each)(int fd, const char *name, void *arg))
{
	SBX_CLEANUP_FD int fd = walk->depth ? open_below(parent, name) : -1;
	bool good;

	if (fd < 0)
		return false;
	walk->depth--;
	good = sbx_kept_each(fd, each, walk);
	walk->depth++;
	return good;
}

static bool add_size(int fd, const char *name, void *arg)
{
	struct walk *walk = arg;
	struct stat st;

	if (!walk->left-- || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (S_ISREG(st.st_mode))
		walk->bytes += (uint64_t)st.st_size;
	if (S_ISDIR(st.st_mode))
		into(fd, name, walk, add_size);
	return true;
}

uint64_t sbx_kept_size(int fd)
{
	struct walk walk = { .depth = DEPTH_MAX, .left = ENTRIES_MAX };

	sbx_kept_each(fd, add_size, &walk);
	return walk.bytes;
}

static bool tame_entry(int fd, const char *name, void *arg)
{
	struct walk *walk = arg;
	struct stat st;

	if (!walk->left-- || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		walk->wrong = "it can't be looked at, or is too large";
	else if (S_ISDIR(st.st_mode))
		walk->wrong = into(fd, name, walk, tame_entry) || walk->wrong ? walk->wrong : "it is too deep, or shut";
	else if (S_ISREG(st.st_mode) && (st.st_mode & (S_ISUID | S_ISGID))) {
		SBX_CLEANUP_FD int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		walk->wrong = file >= 0 && fchmod(file, st.st_mode & 01777) == 0 ? NULL : "it is setuid";
	} else if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
		walk->wrong = "a fifo, a socket or a device";
	}
	return !walk->wrong;
}

const char *sbx_kept_tame(int parent, const char *name)
{
	struct walk walk = { .depth = DEPTH_MAX, .left = ENTRIES_MAX };

	tame_entry(parent, name, &walk);
	return walk.wrong;
}

static bool clear_entry(int fd, const char *name, void *arg)
{
	if (unlinkat(fd, name, 0) == 0)
		return true;
	into(fd, name, arg, clear_entry);
	return unlinkat(fd, name, AT_REMOVEDIR) == 0;
}

bool sbx_kept_clear(int fd)
{
	struct walk walk = { .depth = DEPTH_MAX };

	return sbx_kept_each(fd, clear_entry, &walk);
}
