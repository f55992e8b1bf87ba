/* SPDX-License-Identifier: MIT */
/*
 * reaper.c -- PID 1: pid_namespaces(7). Holds nothing: no capabilities, not dumpable, environment and arguments
 * overwritten, one descriptor (its socket to the loader), and a filter that leaves wait, kill, write and exit.
 */
#include "loader/run/reaper.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/fds.h"
#include "shim/err.h"
#include "shim/seccomp.h"

static void report_to_loader(int channel, enum sbx_msg_kind kind, int value)
{
	const struct sbx_msg msg = { .kind = kind, .value = value };

	while (write(channel, &msg, sizeof(msg)) < 0 && errno == EINTR)
		;
}

/*
 * The loader's clock is up. kill(-1) from here is the whole namespace and nobody else, in one go. Only sigqueue(3)
 * counts: what is sent to the command's process group, which is ours too, is not meant for us.
 */
static void on_clock_signal(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	if (info->si_code != SI_QUEUE)
		return;
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
}

/* Until here every signal was blocked; a blocked one waits, though we are PID 1. */
static int hear_loader(void)
{
	struct sigaction action = { .sa_sigaction = on_clock_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	sigset_t clock;

	sigemptyset(&action.sa_mask);
	sigemptyset(&clock);
	sigaddset(&clock, SBX_CLOCK_SIGNAL);
	return sigaction(SBX_CLOCK_SIGNAL, &action, NULL) < 0 ? -1 : sigprocmask(SIG_UNBLOCK, &clock, NULL);
}

/* The loader kills us when it has read what it wants to. */
_Noreturn static void wait_for_death(void)
{
	sigset_t all;

	sigfillset(&all);
	for (;;)
		sigsuspend(&all);
}

_Noreturn void sbx_reaper(const struct sbx_policy_blob *policy, int channel, bool lingers, pid_t target)
{
	struct sbx_err err;
	int status;
	pid_t pid;

	/* Standard output, too, must end when the target closes it. */
	if (sbx_fds_close_but(channel) < 0) {
		sbx_err_set(&err, SBX_STEP_FDS, errno, "close_range");
		sbx_fail(channel, &err);
	}
	if (hear_loader() < 0) {
		sbx_err_set(&err, SBX_STEP_WAIT, errno, "signals");
		sbx_fail(channel, &err);
	}
	if (sbx_seccomp_apply(policy, policy->reaper, &err) < 0)
		sbx_fail(channel, &err);
	for (;;) {
		pid = waitpid(-1, &status, WUNTRACED);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			_exit(SBX_EXIT_FAILED);
		if (pid != target)
			continue;
		if (WIFSTOPPED(status)) {
			report_to_loader(channel, SBX_MSG_STOP, WSTOPSIG(status));
			continue;
		}
		report_to_loader(channel, SBX_MSG_STATUS, status);
		if (lingers)
			wait_for_death();
		_exit(0);
	}
}
