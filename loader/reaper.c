/*
 * reaper.c -- PID 1: pid_namespaces(7). Holds nothing: no capabilities, not dumpable, environment and arguments
 * overwritten, one descriptor (its socket to the loader), and a filter that leaves wait, write and exit.
 */
#include "loader/reaper.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "shim/seccomp.h"

#define NR_close_range 436

static void report(const struct sbx_run *run, enum sbx_msg_kind kind, int value)
{
	const struct sbx_msg msg = { .kind = kind, .value = value };

	while (write(run->channel[1], &msg, sizeof(msg)) < 0 && errno == EINTR)
		;
}

/* No descriptor but the channel: standard output must end when the target closes it. */
static int close_all(int channel)
{
	if (syscall(NR_close_range, 0, channel - 1, 0) < 0)
		return -1;
	return (int)syscall(NR_close_range, channel + 1, ~0u, 0);
}

_Noreturn void sbx_reaper(const struct sbx_run *run, pid_t target)
{
	struct sbx_err err;
	int status;
	pid_t pid;

	if (close_all(run->channel[1]) < 0) {
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
