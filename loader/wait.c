/*
 * wait.c -- what sbx-wrap does while the target runs: waits in ppoll(2) on a signalfd(2) and the channel.
 *
 * Messages are believed by their sender's pid, which the kernel attaches (unix(7), SCM_CREDENTIALS): status and stops from
 * the reaper, the acknowledgement from the target. Signals that the terminal sends reach the target by itself where the
 * process group is shared; what other processes send to sbx-wrap is passed on.
 */
#include "loader/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "loader/claims.h"
#include "loader/clock.h"
#include "loader/fds.h"
#include "loader/message.h"
#include "loader/procstat.h"
#include "loader/status.h"
#include "loader/timing.h"

#define ACK_MS 10000
#define DRAIN_MAX 64
#define NR_pidfd_open 434
#define NR_pidfd_send_signal 424

struct wait {
	struct sbx_run *run;
	struct sbx_end *end;
	pid_t child, target;   /* the process we cloned; the one that execs, once known */
	int target_fd;         /* pidfd of target, or -1 */
	int signals;           /* signalfd */
	int filters;           /* seccomp filters of our own, before the floor */
	bool as_pid_1;
	bool executed, acked, ended;
	bool interrupted;      /* a signal that ends programs has come: an end before main is no surprise */
	int forced;            /* the signal that the target would have died of, were it not PID 1 or not there yet; or 0 */
	int64_t ack_by, wall_by, kill_by; /* sbx_clock_now() */
};

static const int not_forwarded[] = { SIGKILL, SIGSTOP, SIGCHLD, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };

void sbx_wait_prepare(struct sbx_run *run)
{
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < sizeof(not_forwarded) / sizeof(not_forwarded[0]); i++)
		if (not_forwarded[i] != SIGCHLD)
			sigdelset(&all, not_forwarded[i]);
	sigprocmask(SIG_SETMASK, &all, &run->mask);
}

static void send_signal(const struct wait *wait, int signo)
{
	if (wait->target_fd >= 0)
		syscall(NR_pidfd_send_signal, wait->target_fd, signo, NULL, 0);
	else
		kill(wait->child, signo);
}

static bool is_fatal(int signo)
{
	static const int fatal[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGPIPE };

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (signo == fatal[i])
			return true;
	return false;
}

/*
 * Pass a signal on. PID 1 doesn't die of one that it has no handler for, nor does what still sets the sandbox up: what
 * would have ended any other process ends it. What the terminal sent has reached a target in our group by itself.
 */
static void deliver(struct wait *wait, int signo, bool from_terminal)
{
	const bool may_be_deaf = !wait->executed || wait->as_pid_1;

	wait->interrupted |= is_fatal(signo);
	if (may_be_deaf && is_fatal(signo) && !(wait->executed && sbx_procstat_handles(wait->child, signo))) {
		wait->forced = signo;
		kill(wait->child, SIGKILL);
	} else if (!from_terminal) {
		send_signal(wait, signo);
	}
}

static void give_terminal(const struct wait *wait)
{
	const int tty = openat(AT_FDCWD, "/dev/tty", O_RDWR | O_CLOEXEC);

	if (tty >= 0 && tcgetpgrp(tty) == getpgrp())
		tcsetpgrp(tty, wait->child);
	if (tty >= 0)
		close(tty);
}

/* The reaper as well: a signal to the whole group has stopped it, too, and what is about to become the target. */
static void go_on(const struct wait *wait)
{
	const pid_t before_exec = wait->executed ? 0 : sbx_procstat_child(wait->child);

	kill(wait->child, SIGCONT);
	if (before_exec > 0)
		kill(before_exec, SIGCONT);
	else
		send_signal(wait, SIGCONT);
}

static void on_signal(struct wait *wait)
{
	const bool own_group = wait->run->policy->flags & SBX_POLICY_OWN_PGRP;
	struct signalfd_siginfo info;
	int signo;

	if (read(wait->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	signo = (int)info.ssi_signo;
	if (signo == SIGCHLD)
		return;
	if (signo == SIGCONT) {
		if (own_group)
			give_terminal(wait);
		go_on(wait);
		return;
	}
	deliver(wait, signo, info.ssi_code == SI_KERNEL && !own_group && signo != SIGHUP);
}

static void fail(struct wait *wait, enum sbx_step step, int errnum, const char *subject)
{
	sbx_err_set(&wait->end->err, step, errnum, subject);
	wait->end->failed = true;
	kill(wait->child, SIGKILL);
}

static void on_exec(struct wait *wait, const struct sbx_msg *msg, pid_t sender)
{
	if (wait->executed)
		return;
	if (sbx_judge_asked(wait->run->policy) && wait->run->judge.fd < 0) {
		fail(wait, SBX_STEP_SECCOMP, 0, "nobody was given the listener; the target was killed");
		return;
	}
	wait->executed = true;
	sbx_timing_mark(SBX_MOMENT_EXEC);
	wait->target = sender;
	wait->target_fd = (int)syscall(NR_pidfd_open, sender, 0);
	wait->target_fd = sbx_fds_high(wait->target_fd);
	wait->run->latch_plan = msg->value == SBX_PLAN_EXPECTED ? SBX_PLAN_EXPECTED : SBX_PLAN_NONE;
	if (msg->err.errnum || msg->err.subject[0]) {
		wait->end->err = msg->err;
		wait->end->err.subject[sizeof(msg->err.subject) - 1] = 0;
		wait->end->note = true;
	}
	wait->ack_by = sbx_clock_after(ACK_MS);
}

/* The kernel's own word that both filters are there, while the process can still be looked at. */
static void on_ack(struct wait *wait)
{
	int filters;

	if (!wait->executed || wait->acked)
		return;
	wait->acked = true;
	sbx_timing_mark(SBX_MOMENT_LATCH);
	if (wait->run->policy->latch_mode != SBX_LATCH_REQUIRED)
		return;
	filters = sbx_procstat_filters(wait->target);
	if (filters >= 0 && filters < wait->filters + 2)
		fail(wait, SBX_STEP_LATCH, 0, "acknowledged, but its filter is not in force; the target was killed");
}

/* The target stopped: so do we, unless somebody has already continued it, or is about to by continuing us. */
static void on_stop(struct wait *wait)
{
	sigset_t pending;

	sigpending(&pending);
	if (sigismember(&pending, SIGCONT) || !sbx_procstat_stopped(wait->executed ? wait->target : wait->child))
		return;
	kill(getpid(), SIGSTOP);
	if (wait->run->policy->flags & SBX_POLICY_OWN_PGRP)
		give_terminal(wait);
	go_on(wait);
}

static void on_message(struct wait *wait, const struct sbx_msg *msg, pid_t sender)
{
	const bool from_child = sender == wait->child && !wait->as_pid_1; /* else it is the target that speaks */

	if (msg->kind == SBX_MSG_ERR && (!wait->executed || sender == wait->target)) {
		wait->end->err = msg->err;
		wait->end->err.subject[sizeof(msg->err.subject) - 1] = 0;
		wait->end->failed = true;
		kill(wait->child, SIGKILL); /* whoever waits for an answer waits no longer */
	} else if (msg->kind == SBX_MSG_EXEC) {
		on_exec(wait, msg, sender);
	} else if (msg->kind == SBX_MSG_ACK && wait->executed && sender == wait->target) {
		on_ack(wait);
	} else if (msg->kind == SBX_MSG_STOP && from_child) {
		on_stop(wait);
	} else if (msg->kind == SBX_MSG_STATUS && from_child) {
		wait->end->status = msg->value;
		wait->ended = true;
		sbx_timing_mark(SBX_MOMENT_ENDED);
		wait->wall_by = SBX_NEVER; /* what is left has its end behind it */
	}
}

/* Descriptors come from our own code before exec; what the target sends is closed. */
static void on_descriptor(struct wait *wait, const struct sbx_msg *msg, pid_t sender, int fd, bool first)
{
	if (msg->kind == SBX_MSG_CLAIMS && !wait->executed && sender == wait->child)
		sbx_claims_accept(&wait->run->claims, fd);
	else if (msg->kind == SBX_MSG_EXEC && first && wait->executed)
		sbx_account_accept(&wait->run->account, fd);
	else if (msg->kind == SBX_MSG_LISTENER && !wait->executed && wait->run->judge.fd < 0)
		wait->run->judge.fd = fd;
	else
		close(fd);
}

/* The messages that are there; of a flood of them (SBX_RECEIVED: there may be more) a part, so that all else is seen to as well. */
static enum sbx_received drain(struct wait *wait)
{
	enum sbx_received got = SBX_NOTHING;
	struct sbx_msg msg;
	pid_t sender;
	bool first; /* nothing of the target's own has come: it hasn't run yet */
	int fd;

	for (int i = 0; i < DRAIN_MAX; i++) {
		got = sbx_message_receive(wait->run->channel[0], &msg, &sender, &fd);
		if (got != SBX_RECEIVED)
			break;
		first = !wait->executed;
		on_message(wait, &msg, sender);
		if (fd >= 0)
			on_descriptor(wait, &msg, sender, fd, first);
	}
	return got;
}

/* A call waits for an answer. What was acknowledged before it was made has arrived: messages first. */
static void on_call(struct wait *wait)
{
	struct sbx_judge *judge = &wait->run->judge;
	struct seccomp_notif call;

	if (!sbx_judge_receive(judge, &call))
		return;
	drain(wait);
	if (sbx_judge_answer(judge, &call,
			     !wait->executed ? SBX_PHASE_LOADER :
			     wait->acked     ? SBX_PHASE_LATCH :
					       SBX_PHASE_FLOOR,
			     &wait->end->err))
		return;
	wait->end->note = true;
	wait->forced = SIGSYS; /* what the kernel's own kill would have been */
	kill(wait->child, SIGKILL);
}

static bool awaiting_ack(const struct wait *wait)
{
	return wait->executed && !wait->acked && wait->run->latch_plan == SBX_PLAN_EXPECTED && !wait->end->note &&
	       !wait->end->failed;
}

static void no_ack(struct wait *wait, const char *why)
{
	const bool required = wait->run->policy->latch_mode == SBX_LATCH_REQUIRED;
	char *text = sbx_format("%s: not acknowledged %s%s", wait->run->target.name, why,
				required ? "; killed" : "; it has the floor alone");

	if (required)
		fail(wait, SBX_STEP_LATCH, 0, text);
	sbx_err_set(&wait->end->err, SBX_STEP_LATCH, 0, text);
	wait->end->note = !required;
}

/* What outlives its set-up or is deaf is killed at once; else the reaper passes it on to all: nobody can be forked past it. */
static void wall_up(struct wait *wait)
{
	wait->end->timed_out = true;
	wait->wall_by = SBX_NEVER;
	wait->kill_by = sbx_clock_after(wait->run->limits.value[SBX_LIMIT_GRACE]);
	if (!wait->executed)
		wait->kill_by = sbx_clock_now();
	else if (wait->as_pid_1)
		deliver(wait, SIGTERM, false);
	else
		sigqueue(wait->child, SIGTERM, (union sigval){ 0 });
	go_on(wait);
	sbx_clock_wake(wait->kill_by);
}

/* What is due; then the next moment at which something is. */
static int64_t on_time(struct wait *wait)
{
	const int64_t now = sbx_clock_now();
	int64_t next;

	if (awaiting_ack(wait) && now >= wait->ack_by)
		no_ack(wait, "within 10 seconds");
	if (now >= wait->wall_by)
		wall_up(wait);
	if (now >= wait->kill_by) {
		wait->kill_by = SBX_NEVER;
		wait->forced = SIGKILL;
		kill(wait->child, SIGKILL);
	}
	if (now >= wait->run->account.sample_at)
		sbx_account_sample(&wait->run->account, &wait->run->limits, wait->child);
	next = wait->wall_by < wait->kill_by ? wait->wall_by : wait->kill_by;
	next = wait->run->account.sample_at < next ? wait->run->account.sample_at : next;
	return awaiting_ack(wait) && wait->ack_by < next ? wait->ack_by : next;
}

/* True when the process that we cloned is gone; then everything in its pid namespace is. */
static bool child_gone(struct wait *wait)
{
	int status;
	const pid_t pid = wait4(wait->child, &status, WNOHANG | (wait->as_pid_1 ? WUNTRACED : 0), &wait->run->account.usage);

	if (pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	if (pid > 0 && WIFSTOPPED(status)) {
		on_stop(wait);
		return false;
	}
	while (drain(wait) == SBX_RECEIVED)
		;
	if (wait->ended || wait->end->failed)
		return true;
	if (wait->forced)
		wait->end->status = wait->forced;
	else if (wait->as_pid_1 && pid > 0 && wait->executed)
		wait->end->status = status;
	else
		fail(wait, SBX_STEP_WAIT, 0, "the sandbox ended without a status: its first process was killed");
	return true;
}

void sbx_wait(struct sbx_run *run, pid_t child, struct sbx_end *end)
{
	struct wait wait = {
		.run = run, .end = end, .child = child, .target_fd = -1, .filters = sbx_procstat_filters(getpid()),
		.as_pid_1 = run->policy->flags & SBX_POLICY_AS_PID_1, .wall_by = SBX_NEVER, .kill_by = SBX_NEVER,
	};
	struct pollfd poll[5] = { { .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN },
				  { .events = POLLOUT } };
	struct timespec left;
	sigset_t blocked;

	memset(end, 0, sizeof(*end));
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	wait.signals = sbx_fds_high(signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK));
	poll[0].fd = wait.signals;
	poll[1].fd = run->channel[0];
	if (run->limits.held[SBX_LIMIT_WALL] == SBX_HELD_LOADER) {
		wait.wall_by = sbx_clock_after(run->limits.value[SBX_LIMIT_WALL]);
		sbx_clock_wake(wait.wall_by);
	}
	sbx_account_begin(&run->account, &run->limits);
	while (!child_gone(&wait)) {
		poll[2].fd = run->claims.open ? run->claims.fd : -1;
		poll[3].fd = wait.forced == SIGSYS ? -1 : run->judge.fd;
		poll[4].fd = sbx_status_pending(&run->status);
		if (ppoll(poll, 5, sbx_clock_left(on_time(&wait), &left), NULL) <= 0)
			continue;
		/* Messages first: what a signal means depends on whether the target has begun. */
		if (poll[1].revents && drain(&wait) == SBX_CLOSED)
			poll[1].fd = -1;
		if (poll[0].revents)
			on_signal(&wait);
		if (poll[2].revents)
			sbx_claims_read(&run->claims, sbx_run_children(run));
		if (poll[3].revents & POLLIN)
			on_call(&wait);
		else if (poll[3].revents) /* nobody is left who could ask */
			sbx_judge_close(&run->judge);
		if (poll[4].revents)
			sbx_status_write(&run->status);
	}
	if (awaiting_ack(&wait) && !wait.interrupted && !end->timed_out)
		no_ack(&wait, "before its end");
	end->latched = wait.acked;
}
