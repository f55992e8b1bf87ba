/* SPDX-License-Identifier: MIT */
/*
 * nested.c -- looks for the mark in the private root (private_root.c makes it, and seals the file system it is on);
 * statfs(2).
 */
#include "loader/policy/nested.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include <linux/magic.h>

#include "loader/base/cleanup.h"
#include "shim/paths.h"

bool sbx_nested(void)
{
	cleanup_fd int fd = openat(AT_FDCWD, SBX_INNER_MARK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fstatfs(fd, &fs) == 0 &&
	       fs.f_type == TMPFS_MAGIC && (fs.f_flags & ST_RDONLY);
}
