/* SPDX-License-Identifier: MIT */
/*
 * caller.c -- umask(2), and of signal(7) what exec(2) passes on.
 */
#include "loader/base/caller.h"

#include <sys/stat.h>
#include <unistd.h>

int sbx_caller_take(struct sbx_caller *caller, int argc, char **argv)
{
	sighandler_t child, xfsz;

	caller->parent = getppid();
	caller->argc = argc;
	caller->argv = argv;
	caller->umask = umask(022);
	if (sigprocmask(SIG_SETMASK, NULL, &caller->mask) < 0)
		return -1;
	child = signal(SIGCHLD, SIG_DFL);
	xfsz = signal(SIGXFSZ, SIG_IGN); /* an error is better than an end without a word */
	caller->child_ignored = child == SIG_IGN;
	caller->xfsz_ignored = xfsz == SIG_IGN;
	caller->uid = geteuid();
	caller->gid = getegid();
	return child == SIG_ERR || xfsz == SIG_ERR ? -1 : 0;
}

int sbx_caller_restore(const struct sbx_caller *caller)
{
	umask(caller->umask);
	if ((caller->child_ignored && signal(SIGCHLD, SIG_IGN) == SIG_ERR) ||
	    (!caller->xfsz_ignored && signal(SIGXFSZ, SIG_DFL) == SIG_ERR))
		return -1;
	return sigprocmask(SIG_SETMASK, &caller->mask, NULL);
}
