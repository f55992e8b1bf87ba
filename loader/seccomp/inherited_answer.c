/* SPDX-License-Identifier: MIT */
/*
 * inherited_answer.c -- seccomp_unotify(2), pidfd_getfd(2), Linux 5.6. A filter sees the number of a descriptor, not
 * its file; between a look at it and the call another thread could put another file there. So the call is made here, on
 * the very file that was looked at.
 *
 * UNTRUSTED: the calls, and whatever files they are for: to cut one, or to close it as the last, may take as long as
 * its server likes. So a process of its own does it, for which nobody waits but those who asked.
 */
#include "loader/seccomp/inherited_answer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "loader/base/cleanup.h"
#include "loader/base/clock.h"
#include "loader/base/proc_status.h"
#include "loader/seccomp/seccomp_notify.h"

/* Newer than our headers, and the same on every architecture. */
#define PIDFD_OPEN_NR 434
#define PIDFD_GETFD_NR 438
#define END_MS 1000 /* it may be in a call that can't be interrupted; then init has it */

static bool is_kept(const struct sbx_inherited *inherited, const struct stat *st)
{
	for (size_t i = 0; i < inherited->files.count; i++) {
		const struct sbx_inherited_file *file = sbx_vec_at(&inherited->files, i);

		if (file->dev == st->st_dev && file->ino == st->st_ino)
			return true;
	}
	return false;
}

/* Signals that the caller would get come to us by O_ASYNC, where the file sets its owner itself; we may be root. */
static bool is_for_caller(const struct stat *st, int flags)
{
	return ((flags & O_ASYNC) && !S_ISFIFO(st->st_mode) && !S_ISSOCK(st->st_mode)) ||
	       ((flags & O_NOATIME) && st->st_uid != geteuid());
}

/* The descriptor as it is in process `pid`, whose limit on the size of files counts. */
static int carry_out(const struct sbx_inherited *inherited, pid_t pid, int fd, const struct seccomp_data *data)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno;
	if (S_ISREG(st.st_mode) && is_kept(inherited, &st))
		return EPERM;
	if (data->nr == SYS_fcntl) {
		if (is_for_caller(&st, (int)data->args[2]))
			return EPERM;
		return fcntl(fd, F_SETFL, (int)data->args[2]) < 0 ? errno : 0;
	}
	if ((int64_t)data->args[1] > st.st_size) {
		if (prlimit(pid, RLIMIT_FSIZE, NULL, &limit) < 0)
			return errno;
		if (data->args[1] > limit.rlim_cur)
			return EFBIG;
	}
	return ftruncate(fd, (off_t)data->args[1]) < 0 ? errno : 0;
}

/* A thread that has descriptors of its own, apart from its process's, gets its process's changed. */
static int decide(const struct sbx_inherited *inherited, const struct sbx_notify *notify,
		  const struct seccomp_notif *call)
{
	const pid_t pid = sbx_proc_status_process((pid_t)call->pid);
	cleanup_fd int process = pid > 0 ? (int)syscall(PIDFD_OPEN_NR, pid, 0) : -1;
	cleanup_fd int fd = -1;

	/* If the call still waits, the pid has been that of its process all the time. */
	if (process < 0 || !sbx_notify_waits(notify, call))
		return EPERM;
	fd = (int)syscall(PIDFD_GETFD_NR, process, (int)call->data.args[0], 0);
	return fd < 0 ? errno : carry_out(inherited, pid, fd, &call->data);
}

_Noreturn static void answer_all(const struct sbx_inherited *inherited, struct sbx_notify *notify)
{
	struct pollfd poll_fd = { .events = POLLIN };
	struct seccomp_notif call;
	struct timespec left;
	int64_t next;

	for (;;) {
		next = SBX_NEVER;
		poll_fd.fd = sbx_notify_poll(notify, &next);
		if (ppoll(&poll_fd, 1, sbx_clock_left(next, &left), NULL) < 0 && errno != EINTR)
			break;
		if (!(poll_fd.revents & POLLIN) && poll_fd.revents)
			break;
		if ((poll_fd.revents & POLLIN) && sbx_notify_receive(notify, &call) &&
		    !sbx_notify_return(notify, &call, decide(inherited, notify, &call)))
			break;
	}
	_exit(0);
}

pid_t sbx_inherited_answer(const struct sbx_inherited *inherited, int listener)
{
	struct sbx_notify notify = { .fd = 0 };
	const pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	/* No end of a pipe stays open for us. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent || dup2(listener, notify.fd) < 0 ||
	    syscall(SYS_close_range, notify.fd + 1, ~0u, 0) < 0)
		_exit(1);
	answer_all(inherited, &notify);
}

void sbx_inherited_answer_end(pid_t pid)
{
	struct pollfd gone = { .fd = pid > 0 ? (int)syscall(PIDFD_OPEN_NR, pid, 0) : -1, .events = POLLIN };

	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	if (gone.fd >= 0) {
		poll(&gone, 1, END_MS);
		close(gone.fd);
	}
	waitpid(pid, NULL, WNOHANG);
}
