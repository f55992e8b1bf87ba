/* SPDX-License-Identifier: MIT */
/*
 * kernel_probe.c -- each mechanism is really used, in a child that then ends: asking sysctls and versions would be
 * guessing.
 */
#include "conf/commands/kernel_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/seccomp.h>

typedef int probe_fn(uint32_t arg);

/* Run `probe` in a child; its result is an errno, which fits an exit status. */
static int in_child(probe_fn *probe, uint32_t arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(probe(arg));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int errnum = fd < 0 || write(fd, text, strlen(text)) < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return errnum;
}

/* A user namespace with the caller's own id in it, and `flags` besides. */
static int enter_userns(uint32_t flags)
{
	char map[64];
	unsigned int uid = getuid();

	if (unshare((int)(CLONE_NEWUSER | flags)) < 0)
		return errno;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	return write_text("/proc/self/uid_map", map);
}

int sbx_kernel_probe_namespaces(uint32_t clone_flags)
{
	return in_child(enter_userns, clone_flags);
}

static int mount_proc(uint32_t arg)
{
	int context = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);

	(void)arg;
	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ||
	    syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC) <
		    0)
		return errno;
	return 0;
}

static int fresh_proc(uint32_t arg)
{
	int errnum = enter_userns(CLONE_NEWNS | CLONE_NEWPID);

	return errnum ? errnum : in_child(mount_proc, arg);
}

int sbx_kernel_probe_proc(void)
{
	return in_child(fresh_proc, 0);
}

static int no_nesting(uint32_t arg)
{
	int errnum = enter_userns(arg);

	return errnum ? errnum : write_text("/proc/sys/user/max_user_namespaces", "0");
}

int sbx_kernel_probe_nesting(void)
{
	return in_child(no_nesting, 0);
}

int sbx_kernel_probe_seccomp(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0 ? errno : 0;
}

int sbx_kernel_probe_mount_api(void)
{
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/", O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return syscall(SYS_mount_setattr, -1, NULL, 0, NULL, 0) < 0 && errno == ENOSYS ? ENOSYS : 0;
}

static int new_keyring(uint32_t arg)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, arg, 0, 0) < 0 ? errno : 0;
}

int sbx_kernel_probe_keyring(void)
{
	return in_child(new_keyring, 0);
}
