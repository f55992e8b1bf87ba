/* SPDX-License-Identifier: MIT */
/*
 * error_messages.c -- wording: errors with the remedy that helps, keyed by step and errno.
 */
#include "loader/cli/error_messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/stat.h>

#include "loader/base/say.h"
#include "shim/err.h"

#define ANY_STEP SBX_STEP__COUNT

struct hint {
	enum sbx_step step;
	int errnum; /* 0: any */
	const char *text;
};

static const struct hint hints[] = {
	{ ANY_STEP, EMFILE, "the limit on open files is too low: raise ulimit -n" },
	{ SBX_STEP_SPAWN, EPERM,
	  "this kernel or container forbids user namespaces: sbx-policy doctor tells what to change; "
	  "--set 'namespaces=[]' does without, on Landlock and seccomp alone" },
	{ SBX_STEP_SPAWN, ENOSPC,
	  "a limit of namespaces is reached: raise user.max_user_namespaces and its kin with sysctl, as root; "
	  "--set 'namespaces=[]' does without, on Landlock and seccomp alone" },
	{ SBX_STEP_SPAWN, EAGAIN, "too many processes: raise ulimit -u" },
	{ SBX_STEP_SECCOMP, EAGAIN, "asking takes one process more at the start: raise --pids by one, or ulimit -u" },
	{ SBX_STEP_USERNS, EPERM,
	  "AppArmor or a container restricts user namespaces: sbx-policy doctor tells what to change" },
	{ SBX_STEP_NESTING, EACCES,
	  "AppArmor gives user namespaces no capabilities: load the profile that comes with sbx "
	  "(share/sbx/sbx-wrap.apparmor), or sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	{ SBX_STEP_NESTING, 0, "/proc/sys is read-only here: --best-effort nesting accepts seccomp's ban alone" },
	{ SBX_STEP_PROC, EPERM,
	  "a container masks parts of /proc, so the kernel gives no fresh one: --set proc=none runs without" },
	{ SBX_STEP_LANDLOCK, EOPNOTSUPP,
	  "Landlock is built in but off: boot with lsm=landlock,... (or --best-effort landlock)" },
	{ SBX_STEP_LANDLOCK, ENOSYS,
	  "this kernel has no Landlock (5.13 is the first): from 5.12 on --best-effort landlock runs without" },
	{ SBX_STEP_LANDLOCK, E2BIG, "16 Landlock layers are stacked already: don't nest sandboxes that deep" },
	{ SBX_STEP_SHIM, 0, "reinstall sbx (make install), or run with --latch off on the floor alone" },
	{ SBX_STEP_LATCH, EFBIG, "the limit on file sizes is too low: raise ulimit -f" },
	{ SBX_STEP_CHDIR, ENOENT, "start in another directory with --chdir DIR" },
	{ SBX_STEP_ROOT, ENOSPC,
	  "more mounts than a namespace may have (fs.mount-max): grant their directory instead, --no-arg-grants "
	  "--ro DIR (--rw DIR)" },
	{ SBX_STEP_ROOT, ESTALE, "the path changed while the sandbox was built: run again" },
	{ SBX_STEP_ROOT, ENOSYS, "this kernel can't make mounts read-only as a tree: use Linux 5.12 or newer" },
	{ SBX_STEP_ROOT, EACCES,
	  "inside, root has no power over other users' files: grant what root itself owns or may read" },
	{ SBX_STEP_FDS, ENOSYS, "this kernel can't keep descriptors from the command: use Linux 5.11 or newer" },
	{ SBX_STEP_FDS, EINVAL, "the limit on open files is too low: raise ulimit -n" },
	{ SBX_STEP_TARGET, ENOEXEC, "it is neither a program for this machine nor a script" },
	{ SBX_STEP_TARGET, EISDIR, "a directory is no command" },
	{ SBX_STEP_EXEC, EACCES, "the file may be on a mount without exec: grant its directory with --rox" },
	{ SBX_STEP_COMPILE, ENOENT, "sbx-policy belongs beside sbx-wrap: reinstall sbx" },
	{ SBX_STEP_CALL, EPERM, "to try a profile out: --try lets through what it lacks and names it" },
	{ SBX_STEP_CALL, 0, "seccomp.allow in the profile allows it; --try names everything that is lacking" },
	{ SBX_STEP_GRANT, E2BIG,
	  "too many for one run: grant their directory instead, --no-arg-grants --ro DIR (--rw DIR)" },
	{ SBX_STEP_LIMITS, EAGAIN, "the limit on pending signals is too low: raise ulimit -i" },
	{ SBX_STEP_LIMITS, 0,
	  "run in a login session of systemd's, or in a cgroup of your own in a delegated cgroup v2 subtree; "
	  "--best-effort limits gives what can be had" },
	{ SBX_STEP_STAGE, EEXIST, "a directory is in the output's place" },
};

/* chroot(2) into what is no mount point: the kernel makes no user namespaces there. */
static bool in_chroot(void)
{
	struct statx root;

	return syscall(SYS_statx, AT_FDCWD, "/", 0, 0, &root) == 0 &&
	       (root.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) && !(root.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/* What helps where more than the step and the errno tells it. */
static const char *special_hint(const struct sbx_err *err)
{
	if (err->step == SBX_STEP_SPAWN && err->errnum == EPERM && in_chroot())
		return "in a chroot(2) the kernel makes no user namespaces: enter the tree by pivot_root(2), as "
		       "containers do; --set 'namespaces=[]' does without, on Landlock and seccomp alone";
	if (err->step == SBX_STEP_TARGET && err->errnum == ENOENT && !strchr(err->subject, '/'))
		return "no such command along PATH";
	return NULL;
}

void sbx_report_error(const struct sbx_err *err)
{
	if (!err->subject[0] && !err->errnum)
		return;
	sbx_say(stderr, "sbx-wrap: %s%s%s%s%s", sbx_step_name(err->step), err->subject[0] ? ": " : "", err->subject,
		err->errnum ? ": " : "", err->errnum ? strerror(err->errnum) : "");
	if (special_hint(err)) {
		sbx_say(stderr, "hint: %s", special_hint(err));
		return;
	}
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if ((hints[i].step == ANY_STEP || hints[i].step == err->step) &&
		    (!hints[i].errnum || hints[i].errnum == err->errnum)) {
			sbx_say(stderr, "hint: %s", hints[i].text);
			return;
		}
}

int sbx_report_status(const struct sbx_err *err)
{
	if ((err->step != SBX_STEP_TARGET && err->step != SBX_STEP_EXEC) || err->errnum == EMFILE ||
	    err->errnum == ENFILE)
		return SBX_EXIT_FAILED;
	return err->errnum == ENOENT || err->errnum == ENOTDIR ? SBX_EXIT_NOT_FOUND : SBX_EXIT_CANNOT_EXEC;
}
