/* SPDX-License-Identifier: MIT */
/*
 * tree_remove.c -- removes a staging directory. Everything goes by descriptors and names without a slash, never
 * following a link; directories are moved up one by one, so that no path gets long.
 */
#include "loader/output/tree_remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/interrupt.h"
#include "shim/path_text.h"

/*
 * Whoever has filled the tree may still act in it: the directory that is made usable is the one that was opened, and no
 * link's target. O_PATH needs no rights on it.
 */
int sbx_tree_open(int parent, const char *name)
{
	cleanup_fd int found = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char by_fd[40];

	if (found < 0)
		return -1;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", found);
	(void)!chmod(by_fd, 0700); /* where that fails, so does what follows, and is told */
	return openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Move the directories in stage/name up into the stage itself and remove all else; then `name`, which is empty. */
static bool flatten_tree(int stage, const char *name, unsigned *serial)
{
	struct dirent *entry;
	DIR *dir;
	const int fd = sbx_tree_open(stage, name);

	dir = fd >= 0 ? fdopendir(fd) : NULL;
	while (dir && !sbx_interrupted() && (entry = readdir(dir))) {
		cleanup_fd int usable = -1;
		char up[40];

		if (sbx_is_dot_entry(entry->d_name) || unlinkat(fd, entry->d_name, 0) == 0 ||
		    unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0)
			continue;
		usable = sbx_tree_open(fd, entry->d_name); /* moved to another parent, it is written to */
		do
			snprintf(up, sizeof(up), ".sbx-%u", (*serial)++);
		while (renameat(fd, entry->d_name, stage, up) < 0 &&
		       (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
	}
	if (dir)
		closedir(dir);
	return unlinkat(stage, name, AT_REMOVEDIR) == 0;
}

bool sbx_tree_remove(int parent, const char *name, int stage)
{
	unsigned serial = 0;
	bool again = fchmod(stage, 0700) == 0;

	while (again) {
		const int fd = openat(stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
		struct dirent *entry;

		again = false; /* a file system may pass over names while others are removed */
		while (dir && !sbx_interrupted() && (entry = readdir(dir))) {
			if (sbx_is_dot_entry(entry->d_name))
				continue;
			if (unlinkat(stage, entry->d_name, 0) == 0 || flatten_tree(stage, entry->d_name, &serial))
				again = true;
		}
		if (dir)
			closedir(dir);
	}
	return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}
