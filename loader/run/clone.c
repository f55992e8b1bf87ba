/* SPDX-License-Identifier: MIT */
/*
 * clone.c -- CLONE_INTO_CGROUP, Linux 5.7. Where a filter around us knows no clone3(2), and for systemd's scopes, the
 * child waits until it has been moved: it has done nothing before.
 */
#include "loader/run/clone.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/policy/best_effort.h"
#include "shim/err.h"

#define CLONE_INTO_CGROUP_ 0x200000000ull

/* struct clone_args of <linux/sched.h>, the version that has cgroup */
struct clone_arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size,
		cgroup;
};

int sbx_clone_beside(const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	if (policy->namespaces & CLONE_NEWPID)
		return 0;
	return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ?
		       sbx_err_set(err, SBX_STEP_WAIT, errno, "PR_SET_CHILD_SUBREAPER") :
		       0;
}

/* The namespaces to be made together with the process. */
static uint32_t made_at_once(const struct sbx_limits *limits, uint32_t namespaces)
{
	return sbx_limits_has_cgroup(limits) ? namespaces & ~(uint32_t)CLONE_NEWCGROUP : namespaces;
}

static long clone_plain(const struct sbx_limits *limits, uint32_t namespaces)
{
	return syscall(SYS_clone, (unsigned long)made_at_once(limits, namespaces) | SIGCHLD, 0, 0, 0, 0);
}

static long clone_into_cgroup(const struct sbx_limits *limits, uint32_t namespaces)
{
	const struct clone_arguments args = {
		.flags = made_at_once(limits, namespaces) | CLONE_INTO_CGROUP_,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)limits->cgroup.dir,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

/* The leaf was swept by a run that can't see our pid: once more. */
static bool is_leaf_gone(int errnum)
{
	return errnum == ENOENT || errnum == ENODEV;
}

static bool is_clone_refused(int errnum)
{
	return errnum == ENOSYS || errnum == EACCES || errnum == EPERM || errnum == EINVAL || errnum == EOPNOTSUPP ||
	       errnum == EBUSY || is_leaf_gone(errnum);
}

pid_t sbx_clone(const struct sbx_policy_blob *policy, struct sbx_limits *limits, const char *cwd, struct sbx_err *err)
{
	long pid = -1;

	if (limits->cgroup.dir >= 0) {
		pid = clone_into_cgroup(limits, policy->namespaces);
		if (pid < 0 && is_leaf_gone(errno)) {
			sbx_limits_finish(limits);
			if (sbx_limits_plan(limits, policy, cwd, true, err) < 0)
				return -1;
			pid = limits->cgroup.dir >= 0 ? clone_into_cgroup(limits, policy->namespaces) : -1;
		}
		if (pid >= 0)
			return (pid_t)pid;
		limits->late = limits->cgroup.dir >= 0 && is_clone_refused(errno);
	}
	if (limits->cgroup.dir < 0 || limits->late)
		pid = clone_plain(limits, policy->namespaces);
	if (pid < 0 && errno != EAGAIN && errno != ENOMEM) {
		const int errnum = errno;
		const uint32_t fewer = sbx_best_effort_namespaces(policy);

		limits->late = limits->cgroup.dir >= 0;
		pid = fewer != policy->namespaces ? clone_plain(limits, fewer) : -1;
		if (pid > 0)
			sbx_best_effort_report(policy, fewer, errnum);
		errno = errnum;
	}
	return pid < 0 ? sbx_err_set(err, SBX_STEP_SPAWN, errno, "new namespaces") : (pid_t)pid;
}

int sbx_clone_enter(const struct sbx_policy_blob *policy, const struct sbx_limits *limits, int channel,
		    struct sbx_err *err)
{
	char byte;

	if (sbx_limits_holds_child(limits))
		while (read(channel, &byte, 1) != 1)
			if (errno != EINTR)
				_exit(SBX_EXIT_FAILED); /* the loader is gone */
	if ((policy->namespaces & CLONE_NEWCGROUP) && sbx_limits_has_cgroup(limits) && unshare(CLONE_NEWCGROUP) < 0 &&
	    !sbx_best_effort(policy, SBX_LAYER_CGROUP, errno))
		return sbx_err_set(err, SBX_STEP_SPAWN, errno, "a cgroup namespace");
	return 0;
}

int sbx_clone_release(const struct sbx_policy_blob *policy, struct sbx_limits *limits, int channel, pid_t child,
		      struct sbx_err *err)
{
	if (!sbx_limits_holds_child(limits))
		return 0;
	if (sbx_limits_adopt(limits, policy, child, err) == 0) {
		if (write(channel, "", 1) == 1)
			return 0;
		sbx_err_set(err, SBX_STEP_SPAWN, errno, "the child is gone");
	}
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}
