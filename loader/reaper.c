/*
 * reaper.c -- PID 1: pid_namespaces(7). Holds nothing: no capabilities, not dumpable, environment and arguments
 * overwritten, one descriptor (its socket to the loader), and a filter that leaves wait, write and exit.
 */
#include "loader/reaper.h"

#include <errno.h>
#include <sys/wait.h>

#include "loader/fds.h"
#include "shim/seccomp.h"

static void report(const struct sbx_run *run, enum sbx_msg_kind kind, int value)
{
	const struct sbx_msg msg = { .kind = kind, .value = value };

	while (write(run->channel[1], &msg, sizeof(msg)) < 0 && errno == EINTR)
		;
}

_Noreturn void sbx_reaper(const struct sbx_run *run, pid_t target)
{
	struct sbx_err err;
	int status;
	pid_t pid;

	/* Standard output, too, must end when the target closes it. */
	if (sbx_fds_close_but(run->channel[1]) < 0) {
		sbx_err_set(&err, SBX_STEP_FDS, errno, "close_range");
		sbx_fail(run->channel[1], &err);
	}
	if (sbx_seccomp_apply(run->policy, run->policy->reaper, &err) < 0)
		sbx_fail(run->channel[1], &err);
	for (;;) {
		pid = waitpid(-1, &status, WUNTRACED);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			_exit(SBX_EXIT_FAILED);
		if (pid != target)
			continue;
		if (WIFSTOPPED(status)) {
			report(run, SBX_MSG_STOP, WSTOPSIG(status));
			continue;
		}
		report(run, SBX_MSG_STATUS, status);
		_exit(0);
	}
}
