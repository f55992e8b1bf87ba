/* SPDX-License-Identifier: MIT */
/*
 * terminal.c -- tcsetpgrp(3). A shell inside may have made itself the foreground group; a script that called us must be
 * able to read the terminal again.
 */
#include "loader/run/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "loader/base/cleanup.h"

struct sbx_terminal sbx_terminal_save(void)
{
	cleanup_fd int tty = openat(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	const pid_t group = getpgrp();

	return (struct sbx_terminal){ tty >= 0 && tcgetpgrp(tty) == group ? group : 0 };
}

void sbx_terminal_restore(const struct sbx_terminal *terminal)
{
	cleanup_fd int tty = terminal->foreground ? openat(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	sigset_t ttou, old;

	if (tty < 0 || tcgetpgrp(tty) == terminal->foreground)
		return;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	tcsetpgrp(tty, terminal->foreground);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
