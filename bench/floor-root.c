/* SPDX-License-Identifier: MIT */
/*
 * floor-root.c -- a private root from one table, done in its order: nodes, read-only binds, one recursive mount_setattr
 * over all of it, and then what differs. What `sbx-wrap true` shows of the host is shown, each mount by the cheapest
 * call there is for it. mount_setattr(2), Linux 5.12.
 */
#include "bench/floor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mount.h>

#define AT_RECURSIVE_ 0x8000u /* <linux/fcntl.h>, which clashes with libc's */

#define LOCKED (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
#define PROGRAMS (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define DEVICE (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)
#define FRESH_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define PRIVATE "size=268435456,nr_inodes=65536,mode=1777"

enum kind { DIR, NODE, LINK, BIND, LOCK, DEV, EXEC, FRESH, MASK };

/* `path` is relative to the new root. `arg`: what a file holds, a link's target, options of a file system, a mask's
 * source. */
static const struct entry {
	enum kind kind;
	const char *path, *arg;
	bool lean;
} entries[] = {
	{ DIR, "dev", NULL, true },
	{ NODE, "dev/full", NULL, true },
	{ NODE, "dev/null", NULL, true },
	{ NODE, "dev/random", NULL, true },
	{ NODE, "dev/tty", NULL, true },
	{ NODE, "dev/urandom", NULL, true },
	{ NODE, "dev/zero", NULL, true },
	{ DIR, "dev/pts", NULL, false },
	{ DIR, "dev/shm", NULL, false },
	{ DIR, "etc", NULL, true },
	{ DIR, "etc/alternatives", NULL, false },
	{ NODE, "etc/bash.bashrc", NULL, false },
	{ DIR, "etc/fonts", NULL, false },
	{ NODE, "etc/group", "root:x:0:\nnogroup:x:65534:\n", false },
	{ NODE, "etc/host.conf", NULL, false },
	{ NODE, "etc/hosts", NULL, false },
	{ NODE, "etc/inputrc", NULL, false },
	{ NODE, "etc/ld.so.cache", NULL, true },
	{ NODE, "etc/magic", NULL, false },
	{ NODE, "etc/mime.types", NULL, false },
	{ NODE, "etc/nsswitch.conf", NULL, false },
	{ NODE, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n", false },
	{ NODE, "etc/profile", NULL, false },
	{ DIR, "etc/profile.d", NULL, false },
	{ NODE, "etc/protocols", NULL, false },
	{ NODE, "etc/services", NULL, false },
	{ DIR, "etc/terminfo", NULL, false },
	{ NODE, "etc/timezone", NULL, false },
	{ DIR, "proc", NULL, true },
	{ DIR, "root", NULL, true },
	{ DIR, "run", NULL, false },
	{ NODE, "run/none", NULL, false },
	{ DIR, "run/empty", NULL, false },
	{ DIR, "sys", NULL, false },
	{ DIR, "sys/devices", NULL, false },
	{ DIR, "sys/devices/system", NULL, false },
	{ DIR, "sys/devices/system/cpu", NULL, false },
	{ DIR, "tmp", NULL, true },
	{ DIR, "usr", NULL, true },
	{ DIR, "var", NULL, false },
	{ DIR, "var/cache", NULL, false },
	{ DIR, "var/cache/fontconfig", NULL, false },
	{ DIR, "var/tmp", NULL, false },
	{ LINK, "bin", "usr/bin", true },
	{ LINK, "lib", "usr/lib", true },
	{ LINK, "lib64", "usr/lib64", true },
	{ LINK, "sbin", "usr/sbin", true },
	{ LINK, "etc/localtime", "/usr/share/zoneinfo/Etc/UTC", false },
	{ LINK, "etc/os-release", "../usr/lib/os-release", false },
	{ LINK, "dev/fd", "/proc/self/fd", false },
	{ LINK, "dev/ptmx", "pts/ptmx", false },
	{ LINK, "dev/stdin", "/proc/self/fd/0", false },
	{ LINK, "dev/stdout", "/proc/self/fd/1", false },
	{ LINK, "dev/stderr", "/proc/self/fd/2", false },
	{ BIND, "etc/alternatives", NULL, false },
	{ BIND, "etc/bash.bashrc", NULL, false },
	{ BIND, "etc/fonts", NULL, false },
	{ BIND, "etc/host.conf", NULL, false },
	{ BIND, "etc/hosts", NULL, false },
	{ BIND, "etc/inputrc", NULL, false },
	{ BIND, "etc/ld.so.cache", NULL, true },
	{ BIND, "etc/magic", NULL, false },
	{ BIND, "etc/mime.types", NULL, false },
	{ BIND, "etc/nsswitch.conf", NULL, false },
	{ BIND, "etc/profile", NULL, false },
	{ BIND, "etc/profile.d", NULL, false },
	{ BIND, "etc/protocols", NULL, false },
	{ BIND, "etc/services", NULL, false },
	{ BIND, "etc/terminfo", NULL, false },
	{ BIND, "etc/timezone", NULL, false },
	{ BIND, "sys/devices/system/cpu", NULL, false },
	{ BIND, "var/cache/fontconfig", NULL, false },
	{ LOCK, "", NULL, true },
	{ EXEC, "usr", NULL, true },
	{ DEV, "dev/full", NULL, true },
	{ DEV, "dev/null", NULL, true },
	{ DEV, "dev/random", NULL, true },
	{ DEV, "dev/tty", NULL, true },
	{ DEV, "dev/urandom", NULL, true },
	{ DEV, "dev/zero", NULL, true },
	{ FRESH, "dev/pts", "newinstance,ptmxmode=0666,mode=620", false },
	{ FRESH, "dev/shm", "size=67108864,nr_inodes=65536,mode=1777", false },
	{ FRESH, "proc", NULL, true },
	{ FRESH, "root", PRIVATE, true },
	{ FRESH, "tmp", PRIVATE, true },
	{ FRESH, "var/tmp", PRIVATE, false },
	{ MASK, "proc/acpi", "run/empty", false },
	{ MASK, "proc/key-users", "run/none", false },
	{ MASK, "proc/keys", "run/none", false },
	{ MASK, "proc/kmsg", "run/none", false },
	{ MASK, "proc/kpagecgroup", "run/none", false },
	{ MASK, "proc/kpagecount", "run/none", false },
	{ MASK, "proc/kpageflags", "run/none", false },
	{ MASK, "proc/slabinfo", "run/none", false },
	{ MASK, "proc/timer_list", "run/none", false },
	{ MASK, "proc/vmallocinfo", "run/none", false },
};

static int restrict_to(int tree, uint64_t attr)
{
	const struct mount_attr set = { .attr_set = attr, .propagation = MS_PRIVATE };

	return (int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE_, &set, sizeof(set));
}

/* `from` at `to`; attributes of its own where `attr` isn't 0. What this system hasn't is left out. */
static int bind(const char *from, const char *to, uint64_t attr)
{
	const int tree = (int)syscall(SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE_);
	int ret = 0;

	if (tree < 0)
		return errno == ENOENT ? 0 : -1;
	if (attr)
		ret = restrict_to(tree, attr);
	if (ret == 0)
		ret = (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
	close(tree);
	return ret;
}

static int bind_host(const char *path, uint64_t attr)
{
	char from[64] = "/";

	for (size_t i = 0; path[i] && i + 2 < sizeof(from); i++)
		from[i + 1] = path[i];
	return bind(from, path, attr);
}

static int fresh(const char *path, const char *data)
{
	const bool pts = path[0] == 'd' && path[4] == 'p';
	const char *type = pts ? "devpts" : path[0] == 'p' ? "proc" : "tmpfs";
	const unsigned long flags = pts ? MS_NOSUID | MS_NOEXEC : FRESH_FLAGS;

	return mount(type, path, type, data ? flags : flags | MS_RDONLY, data);
}

static int mask(const char *path, const char *from)
{
	const int ret = bind(from, path, 0);

	return ret < 0 && errno == ENOENT ? 0 : ret;
}

static int node(const char *path, const char *text)
{
	int fd, ret;

	if (!text)
		return mknod(path, S_IFREG | 0444, 0);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0444);
	ret = fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

static int make(const struct entry *entry, int root)
{
	switch (entry->kind) {
	case DIR:
		return mkdir(entry->path, 0755);
	case NODE:
		return node(entry->path, entry->arg);
	case LINK:
		return symlink(entry->arg, entry->path);
	case BIND:
		return bind_host(entry->path, 0);
	case LOCK:
		return restrict_to(root, LOCKED);
	case DEV:
		return bind_host(entry->path, DEVICE);
	case EXEC:
		return bind_host(entry->path, PROGRAMS);
	case FRESH:
		return fresh(entry->path, entry->arg);
	default:
		return mask(entry->path, entry->arg);
	}
}

static int new_root(void)
{
	const int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	int root;

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", "1048576", 0) < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "nr_inodes", "5136", 0) < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "mode", "0755", 0) < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	root = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	close(fs);
	return root >= 0 && syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) == 0 ? root : -1;
}

void floor_root(bool lean)
{
	int root;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		floor_die("making mounts private");
	root = new_root();
	if (root < 0 || fchdir(root) < 0)
		floor_die("a tmpfs");
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if ((entries[i].lean || !lean) && make(&entries[i], root) < 0)
			floor_die(entries[i].path);
	close(root);
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		floor_die("pivot_root");
}
