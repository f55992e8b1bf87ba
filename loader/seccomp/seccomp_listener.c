/* SPDX-License-Identifier: MIT */
/*
 * seccomp_listener.c -- installs a filter with SECCOMP_FILTER_FLAG_NEW_LISTENER; Linux >= 5.5.
 *
 * Whoever has that filter may find each of its calls waiting for an answer, sendmsg(2) too, while the loader can't
 * answer before it has the listener. So a helper without the filter hands it over: a process that shares the
 * descriptors, knows which number the listener will get, and is gone before anything is executed.
 */
#include "loader/seccomp/seccomp_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/sched.h>
#include <linux/seccomp.h>

#include "loader/base/channel.h"

#define FLAG_WAIT_KILLABLE \
	32u /* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, Linux 5.19: signals don't interrupt what was asked */
#define LOOK_NSEC 50000

/* The helper. Its error ends the run, for its parent may be stuck. */
_Noreturn static void hand_over_listener(int channel, int listener)
{
	const struct timespec pause = { 0, LOOK_NSEC };
	const struct sbx_msg msg = { .kind = SBX_MSG_LISTENER };
	struct sbx_err err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (fcntl(listener, F_GETFD) < 0)
		nanosleep(&pause, NULL);
	if (sbx_channel_send(channel, &msg, listener) < 0) {
		sbx_err_set(&err, SBX_STEP_SECCOMP, errno, "handing the listener over");
		sbx_fail(channel, &err);
	}
	_exit(0);
}

static long install_filter(const struct sock_fprog *prog)
{
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | FLAG_WAIT_KILLABLE,
			  prog);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, prog);
	return fd;
}

int sbx_listener_install(const struct sock_fprog *prog, int channel, struct sbx_err *err)
{
	const int expected = dup(channel); /* the lowest that is free */
	int status = 0;
	long helper, fd;

	if (expected < 0)
		return sbx_err_set(err, SBX_STEP_FDS, errno, "a descriptor for the listener");
	close(expected);
	helper = syscall(SYS_clone, (unsigned long)CLONE_FILES, 0, 0, 0, 0); /* no signal tells of its end */
	if (helper < 0)                                                      /* a cgroup counts it */
		return sbx_err_set(err, errno == EAGAIN ? SBX_STEP_SECCOMP : SBX_STEP_SPAWN, errno,
				   "a helper that hands over what is asked");
	if (helper == 0)
		hand_over_listener(channel, expected);
	fd = install_filter(prog);
	if (fd < 0) {
		const int errnum = errno;

		kill((pid_t)helper, SIGKILL);
		waitpid((pid_t)helper, &status, __WALL);
		return sbx_err_set(err, SBX_STEP_SECCOMP, errnum,
				   errnum == EBUSY ? "another filter already asks a supervisor" :
						     "SECCOMP_FILTER_FLAG_NEW_LISTENER");
	}
	while (waitpid((pid_t)helper, &status, __WALL) < 0)
		if (errno != EINTR)
			return sbx_err_set(err, SBX_STEP_SECCOMP, errno, "waiting for the listener's helper");
	close((int)fd);
	return status ? sbx_err_set(err, SBX_STEP_SECCOMP, 0, "the listener was not handed over") : 0;
}
