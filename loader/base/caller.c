/*
 * caller.c -- umask(2), and of signal(7) what exec(2) passes on.
 */
#include "loader/base/caller.h"

#include <sys/stat.h>
#include <unistd.h>

void sbx_caller_take(struct sbx_caller *caller, int argc, char **argv)
{
	caller->argc = argc;
	caller->argv = argv;
	caller->umask = umask(022);
	caller->child_ignored = signal(SIGCHLD, SIG_DFL) == SIG_IGN;
	caller->xfsz_ignored = signal(SIGXFSZ, SIG_IGN) == SIG_IGN; /* an error is better than an end without a word */
	caller->uid = geteuid();
	caller->gid = getegid();
}

void sbx_caller_restore(const struct sbx_caller *caller)
{
	umask(caller->umask);
	if (caller->child_ignored)
		signal(SIGCHLD, SIG_IGN);
	if (!caller->xfsz_ignored)
		signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, &caller->mask, NULL);
}
