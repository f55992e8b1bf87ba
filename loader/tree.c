/*
 * tree.c -- removes a staging directory. Everything goes by descriptors and names without a slash, never following a link;
 * directories are moved up one by one, so that no path gets long.
 */
#include "loader/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool sbx_tree_remove(int parent, const char *name, int stage)
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
