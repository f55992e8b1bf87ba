/* SPDX-License-Identifier: MIT */
/*
 * caller.h -- what sbx-wrap has from its caller: what it changes for itself, the command gets back.
 */
#ifndef SBX_LOADER_BASE_CALLER_H
#define SBX_LOADER_BASE_CALLER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct sbx_caller {
	uid_t uid; /* effective */
	gid_t gid;
	mode_t umask;       /* the sandbox is built with 022 */
	bool child_ignored; /* SIGCHLD was ignored when we came */
	bool xfsz_ignored;  /* SIGXFSZ likewise */
	sigset_t mask;      /* of signals */
	bool foreground;    /* its process group has the terminal: sbx_terminal_save() */
	pid_t parent;
	int argc; /* of sbx-wrap itself: what is overwritten in the reaper */
	char **argv;
};

/* First thing in main, as soon as 0 to 2 are guarded: all but the terminal. Returns 0, or -1 with errno.
 */
int sbx_caller_take(struct sbx_caller *caller, int argc, char **argv);

/* In the process that becomes the command: its umask, and what it does with signals. Returns 0, or -1 with errno. */
int sbx_caller_restore(const struct sbx_caller *caller);

#endif
