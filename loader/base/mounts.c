/* SPDX-License-Identifier: MIT */
/*
 * mounts.c -- thin names for the mount system calls, by number: musl 1.2.3 has no wrappers for them.
 */
#include "loader/base/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mount.h>
#include <linux/openat2.h>

#include "loader/base/cleanup.h"
#include "shim/plain.h"

#define AT_RECURSIVE_ 0x8000u /* <linux/fcntl.h>, which clashes with libc's */

int sbx_mounts_clone(const char *path)
{
	return (int)syscall(SYS_open_tree, AT_FDCWD, path,
			    OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE_ | AT_SYMLINK_NOFOLLOW);
}

int sbx_mounts_clone_fd(int fd)
{
	return (int)syscall(SYS_open_tree, fd, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE_ | AT_EMPTY_PATH);
}

int sbx_mounts_open_plain(const char *path)
{
	const long fd = sbx_open_plain(path);

	if (fd < 0)
		errno = (int)-fd;
	return fd < 0 ? -1 : (int)fd;
}

int sbx_mounts_restrict(int fd, const char *path, uint32_t attr, bool recursive)
{
	const struct mount_attr set = { .attr_set = attr, .propagation = MS_PRIVATE };
	const unsigned flags = (*path ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH) | (recursive ? AT_RECURSIVE_ : 0);

	return (int)syscall(SYS_mount_setattr, fd, path, flags, &set, sizeof(set));
}

int sbx_mounts_move(int tree, int point, const char *path)
{
	return (int)syscall(SYS_move_mount, tree, "", point, path,
			    MOVE_MOUNT_F_EMPTY_PATH | (*path ? 0 : MOVE_MOUNT_T_EMPTY_PATH));
}

int sbx_mounts_open_point(int root, const char *path)
{
	const struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_IN_ROOT,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static int set_number(int fs, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, text, 0);
}

int sbx_mounts_new_root(uint64_t size, uint64_t inodes)
{
	cleanup_fd int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	int root;

	if (fs < 0 || set_number(fs, "size", size) < 0 || set_number(fs, "nr_inodes", inodes) < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "mode", "0755", 0) < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	root = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (root >= 0 && sbx_mounts_move(root, AT_FDCWD, "/") < 0) {
		close(root);
		return -1;
	}
	return root;
}

int sbx_mounts_fresh_over(int root, const char *path, const char *type, uint32_t attr, const char *data)
{
	cleanup_fd int point = sbx_mounts_open_point(root, path);
	char by_fd[40];

	if (point < 0)
		return -1;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", point);
	return (int)syscall(SYS_mount, type, by_fd, type, sbx_mounts_classic_flags(attr), data);
}

unsigned long sbx_mounts_classic_flags(uint32_t attr)
{
	return (attr & MOUNT_ATTR_RDONLY ? MS_RDONLY : 0) | (attr & MOUNT_ATTR_NOSUID ? MS_NOSUID : 0) |
	       (attr & MOUNT_ATTR_NODEV ? MS_NODEV : 0) | (attr & MOUNT_ATTR_NOEXEC ? MS_NOEXEC : 0);
}
