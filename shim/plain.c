/* SPDX-License-Identifier: MIT */
/*
 * plain.c -- openat2(RESOLVE_NO_SYMLINKS), and what it does by hand: each component is opened below the last one
 * without being followed, and is no symlink. path_resolution(7), openat2(2).
 */
#include "shim/plain.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>

#include "shim/sys.h"

#define NAME_MAX_ 255
#define O_PATH_CLOEXEC (O_PATH | O_CLOEXEC)

/* `name` below `dir`, itself and no link; closes `dir`. */
static long step(int dir, const char *name)
{
	const long fd = sbx_sys(__NR_openat, dir, name, O_PATH_CLOEXEC | O_NOFOLLOW, 0);
	struct stat st;
	long ret = fd;

	if (fd >= 0) {
		ret = sbx_sys(__NR_fstat, fd, &st, 0, 0);
		ret = ret < 0 ? ret : S_ISLNK(st.st_mode) ? -ELOOP : fd;
	}
	if (fd >= 0 && ret != fd)
		sbx_sys_close((int)fd);
	sbx_sys_close(dir);
	return ret;
}

static long walk(const char *path)
{
	long fd = sbx_sys_open("/", O_PATH_CLOEXEC | O_DIRECTORY);
	char name[NAME_MAX_ + 1];

	while (fd >= 0) {
		size_t len = 0;

		while (*path == '/')
			path++;
		if (!*path)
			break;
		for (; *path && *path != '/'; path++) {
			if (len == NAME_MAX_) {
				sbx_sys_close((int)fd);
				return -ENAMETOOLONG;
			}
			name[len++] = *path;
		}
		name[len] = 0;
		fd = step((int)fd, name);
	}
	return fd;
}

long sbx_open_plain(const char *path)
{
	/* With O_NOFOLLOW it would open a link at the path's end. */
	const struct open_how how = { .flags = O_PATH_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	const long fd = sbx_sys(__NR_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd == -ENOSYS && path[0] == '/' ? walk(path) : fd;
}
