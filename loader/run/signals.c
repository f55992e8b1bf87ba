/* SPDX-License-Identifier: MIT */
/*
 * signals.c -- signal(7), signalfd(2), pidfd_send_signal(2), tcsetpgrp(3). Signals that the terminal sends reach the
 * target by itself where the process group is shared; what other processes send to sbx-wrap is passed on.
 */
#include "loader/run/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/clock.h"
#include "loader/base/fds.h"
#include "loader/base/proc_status.h"

#define LOOK_EVERY_MS 20
#define LOOK_MS 1000

static bool is_one_of(const int *signals, int signo)
{
	while (*signals && *signals != signo)
		signals++;
	return *signals;
}

static bool is_fatal(int signo)
{
	static const int fatal[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGPIPE, 0 };

	return is_one_of(fatal, signo);
}

static bool is_stop(int signo)
{
	static const int stop[] = { SIGTSTP, SIGTTIN, SIGTTOU, 0 };

	return is_one_of(stop, signo);
}

int sbx_signals_open(void)
{
	static const int not_forwarded[] = { SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < sizeof(not_forwarded) / sizeof(not_forwarded[0]); i++)
		sigdelset(&all, not_forwarded[i]);
	return sigprocmask(SIG_SETMASK, &all, NULL) < 0 ? -1 : signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void send_signal(const struct sbx_followed *of, int signo)
{
	if (of->target_fd >= 0)
		syscall(SYS_pidfd_send_signal, of->target_fd, signo, NULL, 0);
	else
		kill(of->child, signo);
}

void sbx_signals_deliver(struct sbx_followed *of, int signo, bool from_terminal)
{
	const bool may_be_deaf = !of->executed || of->as_pid_1;

	of->interrupted |= is_fatal(signo);
	if (may_be_deaf && is_fatal(signo) && !(of->executed && sbx_proc_status_handles(of->child, signo))) {
		of->forced = signo;
		kill(of->child, SIGKILL);
	} else if (!from_terminal && !(is_stop(signo) && !of->executed)) {
		send_signal(of, signo);
	}
	if (!is_stop(signo))
		return;
	of->stop = of->executed ? 0 : signo;
	of->look_at = sbx_clock_after(LOOK_EVERY_MS);
	of->look_until = sbx_clock_after(LOOK_MS);
}

/* The kernel says it as the end of a child: main.c, PR_SET_PDEATHSIG. */
static void look_at_parent(struct sbx_followed *of)
{
	if (!of->parent || of->forced || getppid() == of->parent)
		return;
	of->forced = SIGKILL;
	kill(of->child, SIGKILL);
}

/* What the terminal sends to a group of the target's own doesn't come here: look, once. */
void sbx_signals_begin(struct sbx_followed *of)
{
	look_at_parent(of);
	of->look_at = of->own_group ? sbx_clock_after(LOOK_EVERY_MS) : SBX_NEVER;
	of->look_until = 0;
}

void sbx_signals_executed(struct sbx_followed *of, pid_t target)
{
	of->executed = true;
	of->target = target;
	of->target_fd = (int)syscall(SYS_pidfd_open, target, 0);
	if (of->stop)
		send_signal(of, of->stop);
	of->stop = 0;
}

static void give_terminal(const struct sbx_followed *of)
{
	cleanup_fd int tty = openat(AT_FDCWD, "/dev/tty", O_RDWR | O_CLOEXEC);

	if (tty >= 0 && tcgetpgrp(tty) == getpgrp())
		tcsetpgrp(tty, of->child);
}

/* The process that is about to become the target, or the one that we cloned. */
static pid_t pid_before_exec(const struct sbx_followed *of)
{
	const pid_t pid = sbx_proc_status_child(of->child);

	return pid > 0 ? pid : of->child;
}

void sbx_signals_go_on(const struct sbx_followed *of)
{
	kill(of->child, SIGCONT);
	if (of->executed)
		send_signal(of, SIGCONT);
	else
		kill(pid_before_exec(of), SIGCONT);
}

bool sbx_signals_read(struct sbx_followed *of, int fd)
{
	struct signalfd_siginfo info;
	int signo;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return false;
	signo = (int)info.ssi_signo;
	if (signo == SIGCHLD) {
		look_at_parent(of);
		return false;
	}
	if (signo == SIGCONT) {
		of->stop = 0;
		if (of->own_group)
			give_terminal(of);
		sbx_signals_go_on(of);
		return true;
	}
	sbx_signals_deliver(of, signo, info.ssi_code == SI_KERNEL && !of->own_group && signo != SIGHUP);
	return false;
}

/*
 * The helper: when the target goes on, which a process inside can have it do, or when all is gone, the parent is
 * continued; again and again, for it may not have stopped yet. It ends with the parent, or by its hand.
 */
_Noreturn static void watch_target(pid_t parent, pid_t child, pid_t target)
{
	struct pollfd gone = { .fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN };
	int ms = LOOK_EVERY_MS;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(0);
	sbx_fds_close_but(gone.fd); /* whoever is at their other ends sees the end of ours */
	while (sbx_proc_status_stopped(target) && poll(&gone, 1, ms) == 0)
		ms = ms < LOOK_MS / 2 ? ms * 2 : LOOK_MS;
	for (;;) {
		kill(parent, SIGCONT);
		poll(NULL, 0, LOOK_EVERY_MS);
	}
}

/* Stop as the target has. Returns whether somebody else than the helper has continued us. */
static bool stop_like(pid_t target, pid_t child)
{
	const pid_t self = getpid();
	const struct timespec no_time = { 0, 0 };
	const pid_t helper = (pid_t)syscall(SYS_clone, 0ul, 0, 0, 0, 0); /* no signal tells of its end */
	siginfo_t info = { 0 };
	sigset_t cont;

	if (helper == 0)
		watch_target(self, child, target);
	kill(self, SIGSTOP);
	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	sigtimedwait(&cont, &info, &no_time);
	if (helper > 0)
		kill(helper, SIGKILL);
	while (helper > 0 && waitpid(helper, NULL, __WALL) < 0 && errno == EINTR)
		;
	return helper < 0 || info.si_code != SI_USER || info.si_pid != helper;
}

bool sbx_signals_stopped(struct sbx_followed *of)
{
	const pid_t target = of->executed ? of->target : pid_before_exec(of);
	sigset_t pending;

	sigpending(&pending);
	if (sigismember(&pending, SIGCONT) || !sbx_proc_status_stopped(target))
		return false;
	of->stop = 0;
	of->look_at = SBX_NEVER;
	if (stop_like(target, of->child)) {
		if (of->own_group)
			give_terminal(of);
		sbx_signals_go_on(of);
	} else {
		kill(of->child, SIGCONT); /* the reaper, which may have stopped as well */
	}
	return true;
}

bool sbx_signals_look(struct sbx_followed *of)
{
	const int64_t now = sbx_clock_now();

	of->look_at = of->executed && now >= of->look_until ? SBX_NEVER : sbx_clock_after(LOOK_EVERY_MS);
	return sbx_signals_stopped(of);
}
