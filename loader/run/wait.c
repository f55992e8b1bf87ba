/* SPDX-License-Identifier: MIT */
/*
 * wait.c -- what sbx-wrap does while the target runs: waits in ppoll(2) on a signalfd(2) and the channel.
 *
 * What comes over the channel our own code has sent: that of the fenced side before exec, and the reaper's. UNTRUSTED
 * is the one word that the target's pipe brings, from its shim or from the program in the shim's name.
 */
#include "loader/run/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/base/clock.h"
#include "loader/base/channel.h"
#include "loader/base/proc_status.h"
#include "loader/run/ack.h"
#include "loader/run/network.h"
#include "loader/run/private_spaces.h"
#include "loader/run/reaper.h"
#include "loader/run/run.h"
#include "loader/run/signals.h"
#include "loader/seccomp/inherited_answer.h"
#include "loader/cli/timing.h"
#include "shim/paths.h"

#define LINK_MS 10 /* till the first look at what the dynamic linker does */
#define DOZE_MS 20
#define DRAIN_MAX 64

void sbx_wait_fail(struct sbx_wait *wait, enum sbx_step step, int errnum, const char *subject)
{
	sbx_err_set(&wait->end->err, step, errnum, subject);
	wait->end->failed = true;
	kill(wait->of.child, SIGKILL);
}

static void on_exec(struct sbx_wait *wait, const struct sbx_msg *msg, pid_t sender)
{
	if (wait->of.executed)
		return;
	if ((sbx_notify_asked(wait->run->policy) && wait->run->notify.fd < 0) ||
	    ((wait->run->inherited.kinds & SBX_INHERITED_ASKED) && !wait->run->answers)) {
		sbx_wait_fail(wait, SBX_STEP_SECCOMP, 0, "nobody was given the listener; the target was killed");
		return;
	}
	sbx_signals_executed(&wait->of, sender);
	sbx_timing_mark(SBX_MOMENT_EXEC);
	wait->run->latch.plan = (enum sbx_latch_plan)msg->value;
	wait->acked = msg->value == SBX_PLAN_STATIC;
	if (msg->err.errnum || msg->err.subject[0]) {
		wait->end->err = msg->err;
		wait->end->err.subject[sizeof(msg->err.subject) - 1] = 0;
		wait->end->note = true;
	}
	sbx_ack_restart(wait, true);
	wait->link_ms = LINK_MS;
	wait->link_at = sbx_clock_after(LINK_MS);
}

/* The sandbox, and with it the cgroup where that is a scope. */
static void end_sandbox(struct sbx_wait *wait)
{
	sbx_usage_cgroup(&wait->run->usage, &wait->run->limits);
	kill(wait->of.child, SIGKILL);
}

static void on_message(struct sbx_wait *wait, const struct sbx_msg *msg, pid_t sender)
{
	if (msg->kind == SBX_MSG_ERR) {
		wait->end->err = msg->err;
		wait->end->failed = true;
		kill(wait->of.child, SIGKILL); /* whoever waits for an answer waits no longer */
	} else if (msg->kind == SBX_MSG_EXEC) {
		on_exec(wait, msg, sender);
	} else if (msg->kind == SBX_MSG_STOP) {
		sbx_ack_restart(wait, sbx_signals_stopped(&wait->of));
	} else if (msg->kind == SBX_MSG_STATUS) {
		wait->end->status = msg->value;
		wait->ended = true;
		sbx_timing_mark(SBX_MOMENT_ENDED);
		wait->wall_by = SBX_NEVER; /* what is left has its end behind it */
		if (wait->run->limits.lingers)
			end_sandbox(wait);
	}
}

/* The policy's, or that of the descriptors. */
static void on_listener(struct sbx_wait *wait, int fd)
{
	struct sbx_run *run = wait->run;

	if (sbx_notify_asked(run->policy)) {
		run->notify.fd = fd;
		return;
	}
	run->answers = sbx_inherited_answer(&run->inherited, fd);
	if (run->answers < 0) {
		run->answers = 0;
		sbx_wait_fail(wait, SBX_STEP_SECCOMP, errno, "a process that answers");
	}
	close(fd);
}

static void on_descriptor(struct sbx_wait *wait, const struct sbx_msg *msg, int fd)
{
	if (msg->kind == SBX_MSG_CHILD_REPORTS)
		sbx_child_reports_accept(&wait->run->child_reports, fd);
	else if (msg->kind == SBX_MSG_SPACE)
		sbx_spaces_accept(&wait->run->usage.space, &wait->run->plan, (size_t)msg->value, fd);
	else if (msg->kind == SBX_MSG_LISTENER)
		on_listener(wait, fd);
	else
		close(fd);
}

/* The messages that are there; in one go no more than a part (SBX_RECEIVED: there may be more), so that all else is
 * seen to as well. */
static enum sbx_received drain_channel(struct sbx_wait *wait)
{
	enum sbx_received got = SBX_NOTHING;
	struct sbx_msg msg;
	pid_t sender;
	int fd;

	for (int i = 0; i < DRAIN_MAX; i++) {
		got = sbx_channel_receive(wait->run->channel[0], &msg, &sender, &fd);
		if (got != SBX_RECEIVED)
			break;
		on_message(wait, &msg, sender);
		if (fd >= 0)
			on_descriptor(wait, &msg, fd);
	}
	return got;
}

/* What our own code has sent, then what the target says: it was executed before. */
static enum sbx_received hear(struct sbx_wait *wait)
{
	const enum sbx_received got = drain_channel(wait);

	if (wait->run->word[0] >= 0 && wait->of.executed && !wait->heard)
		sbx_ack_read(wait);
	return got;
}

/* A call waits for an answer. What was acknowledged before it was made has arrived: messages first. */
static void on_call(struct sbx_wait *wait)
{
	struct sbx_notify *notify = &wait->run->notify;
	struct seccomp_notif call;

	if (!sbx_notify_receive(notify, &call))
		return;
	hear(wait);
	if (sbx_notify_answer(notify, &call,
			      !wait->of.executed                       ? SBX_PHASE_LOADER :
			      !wait->acked                             ? SBX_PHASE_FLOOR :
			      wait->run->latch.plan == SBX_PLAN_STATIC ? SBX_PHASE_STATIC :
									 SBX_PHASE_LATCH,
			      &wait->end->err))
		return;
	wait->end->failed = wait->end->err.errnum; /* it still waits */
	wait->end->note = true;
	wait->of.forced = SIGSYS; /* what the kernel's own kill would have been */
	kill(wait->of.child, SIGKILL);
}

/* What outlives its set-up or is deaf is killed at once; else the reaper passes it on to all: nobody can be forked past
 * it. */
static void end_command(struct sbx_wait *wait)
{
	wait->wall_by = SBX_NEVER;
	wait->kill_by = sbx_clock_after(wait->run->limits.value[SBX_LIMIT_GRACE]);
	if (!wait->of.executed)
		wait->kill_by = sbx_clock_now();
	else if (wait->of.direct)
		sbx_signals_deliver(&wait->of, SIGTERM, false);
	else if (sigqueue(wait->of.child, SBX_CLOCK_SIGNAL, (union sigval){ 0 }) <
		 0) /* somebody has filled the queue */
		sbx_signals_deliver(&wait->of, SIGTERM, false);
	sbx_signals_go_on(&wait->of);
	sbx_clock_wake(wait->kill_by);
}

/* Is there a command yet that could be ended? What has come is heard first. */
static bool still_runs(struct sbx_wait *wait)
{
	hear(wait);
	return !wait->ended && !wait->end->failed;
}

static void on_wall_clock(struct sbx_wait *wait)
{
	wait->wall_by = SBX_NEVER;
	if (!still_runs(wait))
		return;
	wait->end->timed_out = true;
	end_command(wait);
}

static void on_sample(struct sbx_wait *wait)
{
	if (!sbx_quota_sample(&wait->run->quota))
		return;
	wait->end->cut_off = still_runs(wait) && !wait->end->timed_out;
	if (wait->end->cut_off)
		end_command(wait);
	else
		wait->run->quota.over = SBX_QUOTA_KEPT; /* what is to be moved into place decides */
}

/* ld.so(8) leaves out what it can't load, and the command would run on the floor until ack_by. */
static void look_at_linker(struct sbx_wait *wait)
{
	wait->link_ms *= 2;
	wait->link_at = sbx_clock_after(wait->link_ms);
	if (!sbx_proc_status_lacks(wait->of.target, "/" SBX_SHIM_NAME "\n", wait->run->target.relro))
		return;
	hear(wait);
	if (sbx_ack_awaited(wait))
		sbx_ack_missing(wait, "because ld.so has left the shim out");
}

static int64_t earlier_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What is due; then the next moment at which something is. */
static int64_t on_time(struct sbx_wait *wait)
{
	const int64_t now = sbx_clock_now();
	int64_t next;

	if (sbx_ack_awaited(wait) && now >= wait->link_at)
		look_at_linker(wait);
	if (sbx_ack_awaited(wait) && now >= wait->ack_by)
		sbx_ack_missing(wait, "within 10 seconds");
	if (now >= wait->wall_by)
		on_wall_clock(wait);
	if (now >= wait->kill_by) {
		wait->kill_by = SBX_NEVER;
		wait->of.forced = SIGKILL;
		end_sandbox(wait);
	}
	if (now >= wait->of.look_at) {
		hear(wait); /* what a stop means depends on whether the target has begun */
		sbx_ack_restart(wait, sbx_signals_look(&wait->of));
	}
	if (now >= wait->run->quota.sample_at)
		on_sample(wait);
	if (now >= wait->run->usage.sample_at)
		sbx_usage_sample(&wait->run->usage, &wait->run->limits, wait->of.child);
	next = earlier_of(wait->wall_by, wait->kill_by);
	next = earlier_of(next, wait->of.look_at);
	if (now >= wait->run->usage.space.look_at)
		sbx_space_look(&wait->run->usage.space);
	next = earlier_of(next, wait->run->usage.sample_at);
	next = earlier_of(next, wait->run->usage.space.look_at);
	next = earlier_of(next, wait->run->quota.sample_at);
	wait->dozing = now < wait->doze_by;
	if (wait->dozing)
		next = earlier_of(next, wait->doze_by);
	return sbx_ack_awaited(wait) ? earlier_of(next, earlier_of(wait->ack_by, wait->link_at)) : next;
}

/* True when the process that we cloned is gone; then everything in its pid namespace is. */
static bool child_gone(struct sbx_wait *wait)
{
	const int options = WNOHANG | (wait->of.direct ? WUNTRACED : 0);
	int status;
	pid_t pid = wait4(wait->of.child, &status, options, &wait->run->usage.rusage);

	if (pid < 0) /* once more: nobody tells a second time of its end */
		pid = wait4(wait->of.child, &status, options, &wait->run->usage.rusage);
	if (pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	if (pid > 0 && WIFSTOPPED(status)) {
		sbx_ack_restart(wait, sbx_signals_stopped(&wait->of));
		return false;
	}
	while (hear(wait) == SBX_RECEIVED)
		;
	if (wait->ended || wait->end->failed)
		return true;
	if (wait->of.forced)
		wait->end->status = wait->of.forced;
	else if (wait->of.direct && pid > 0 && wait->of.executed)
		wait->end->status = status;
	else
		sbx_wait_fail(wait, SBX_STEP_WAIT, 0,
			      "the sandbox ended without a status: its first process was killed");
	return true;
}

/*
 * A short command has ended before anybody needs to know that it began: to be woken for each message costs as much as a
 * hundred system calls. Not where somebody waits for an answer, or what has come is to be looked at. No pid is used
 * again within so few forks.
 */
static int64_t doze_deadline(const struct sbx_run *run)
{
	const bool watched = run->latch.plan == SBX_PLAN_EXPECTED || sbx_latch_children(run->policy) ||
			     sbx_notify_asked(run->policy) || (run->inherited.kinds & SBX_INHERITED_ASKED) ||
			     run->limits.lingers || run->options.timing;

	return watched ? 0 : sbx_clock_after(DOZE_MS);
}

/* What the command has made may take what is left of its time, and as long as it would have had to end itself. */
static int64_t work_deadline(const struct sbx_limits *limits, int64_t wall_by)
{
	const int64_t grace_by = wall_by == SBX_NEVER ? SBX_NEVER : sbx_clock_after(limits->value[SBX_LIMIT_GRACE]);

	return wall_by > grace_by ? wall_by : grace_by;
}

/* Without a PID namespace: what the command has left behind is ours since its parents ended. */
static void end_descendants(const struct sbx_policy_blob *policy)
{
	pid_t pid;

	while (!(policy->namespaces & CLONE_NEWPID) && (pid = sbx_proc_status_child(getpid())) > 0 &&
	       kill(pid, SIGKILL) == 0)
		if (waitpid(pid, NULL, 0) < 0 && errno != EINTR)
			return;
}

void sbx_wait(struct sbx_run *run, pid_t child, int signals, struct sbx_end *end)
{
	struct sbx_wait wait = {
		.run = run,
		.end = end,
		.wall_by = SBX_NEVER,
		.kill_by = SBX_NEVER,
		.doze_by = doze_deadline(run),
		.of = { .child = child,
			.parent = run->options.die_with_parent ? run->caller.parent : 0,
			.target_fd = -1,
			.as_pid_1 = run->policy->flags & SBX_POLICY_AS_PID_1,
			.direct =
				(run->policy->flags & SBX_POLICY_AS_PID_1) || !(run->policy->namespaces & CLONE_NEWPID),
			.own_group = run->policy->flags & SBX_POLICY_OWN_PGRP },
	};
	struct pollfd poll[6] = { { .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN },
				  { .events = POLLIN }, { .events = POLLIN }, { .events = POLLOUT } };
	int channel = run->channel[0], ready;
	struct timespec left;
	int64_t next, wall_by;

	memset(end, 0, sizeof(*end));
	poll[0].fd = signals;
	wall_by = wait.wall_by = sbx_limits_wall_by(&run->limits);
	if (wall_by != SBX_NEVER)
		sbx_clock_wake(wall_by);
	sbx_signals_begin(&wait.of);
	sbx_usage_begin(&run->usage, &run->limits);
	while (!child_gone(&wait)) {
		next = on_time(&wait);
		poll[1].fd = wait.dozing ? -1 : channel;
		poll[2].fd = sbx_child_reports_poll(&run->child_reports, &next);
		poll[3].fd = wait.of.forced == SIGSYS ? -1 : sbx_notify_poll(&run->notify, &next);
		poll[4].fd = wait.of.executed && !wait.heard ? run->word[0] : -1;
		poll[5].fd = sbx_status_pending(&run->status);
		ready = ppoll(poll, 6, sbx_clock_left(next, &left), NULL);
		/* Messages first: what a signal means depends on whether the target has begun. */
		if ((wait.dozing || (ready > 0 && (poll[1].revents | poll[4].revents))) && hear(&wait) == SBX_CLOSED)
			channel = -1;
		if (ready <= 0)
			continue;
		if (poll[0].revents)
			sbx_ack_restart(&wait, sbx_signals_read(&wait.of, signals));
		if (poll[2].revents)
			sbx_child_reports_read(&run->child_reports, sbx_latch_children(run->policy));
		if (poll[3].revents & POLLIN)
			on_call(&wait);
		else if (poll[3].revents) /* nobody is left who could ask */
			sbx_notify_close(&run->notify);
		if (poll[5].revents)
			sbx_status_write(&run->status);
	}
	sbx_inherited_answer_end(run->answers);
	end_descendants(run->policy);
	sbx_network_close(run);
	if (sbx_ack_awaited(&wait) && !wait.of.interrupted && !end->timed_out)
		sbx_ack_missing(&wait, "before its end");
	end->latched = wait.acked;
	end->work_by = work_deadline(&run->limits, wall_by);
}
