/* SPDX-License-Identifier: MIT */
/*
 * signals.h -- signals of the waiting loader: what reaches sbx-wrap reaches the command, what stops the command stops
 * sbx-wrap.
 */
#ifndef SBX_LOADER_RUN_SIGNALS_H
#define SBX_LOADER_RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Who is followed, and what signals have done to them. */
struct sbx_followed {
	pid_t parent;        /* --die-with-parent: whose end is the command's, too; or 0 */
	pid_t child, target; /* the process we cloned; the one that execs, once known */
	int target_fd;       /* pidfd of target, or -1 */
	bool direct;         /* they are one: no reaper stands between */
	bool as_pid_1, own_group;
	bool executed;
	bool interrupted; /* a signal that ends programs has come: an end before main is no surprise */
	int forced;       /* the signal that the target would have died of, were it not PID 1 or not there yet; or 0 */
	int stop;         /* a signal that stops and came before exec, perhaps before there was anybody to stop; or 0 */
	int64_t look_at; /* sbx_clock_now() at which to look whether it has stopped, or SBX_NEVER; and till when to look
			  */
	int64_t look_until;
};

/*
 * Block the signals that will be forwarded, before the target exists. Returns the signalfd(2) that they come over, or
 * -1 with errno: a loader that hears nothing must not wait.
 */
int sbx_signals_open(void);

/* What has come over it; true when the target has been continued, as below. */
bool sbx_signals_read(struct sbx_followed *of, int fd);

/* `of` has been filled in, but for what signals have done. */
void sbx_signals_begin(struct sbx_followed *of);

/* The process `target` is about to exec. */
void sbx_signals_executed(struct sbx_followed *of, pid_t target);

/*
 * Pass a signal on. PID 1 doesn't die of one that it has no handler for, nor does what still sets the sandbox up: what
 * would have ended any other process ends it. What the terminal sent has reached a target in our group by itself.
 */
void sbx_signals_deliver(struct sbx_followed *of, int signo, bool from_terminal);

/*
 * The target is said to have stopped: so do we, unless somebody has already continued it, or is about to by continuing
 * us; until that happens, or the target is continued from inside, or gone.
 */
bool sbx_signals_stopped(struct sbx_followed *of);

/* look_at is due. Nobody reports a stop of what waits for its exec: the sandbox's first process itself waits for that.
 */
bool sbx_signals_look(struct sbx_followed *of);

/* Continue the target; the reaper as well: a signal to the whole group has stopped it, too, and what is about to become
 * the target. */
void sbx_signals_go_on(const struct sbx_followed *of);

#endif
