/* SPDX-License-Identifier: MIT */
/*
 * terminal.c -- tcsetpgrp(3), tcsetattr(3). A shell inside may have made itself the foreground group; a script that
 * called us must be able to read the terminal again. A target that has died, or is hostile, leaves it without echo.
 */
#include "loader/run/terminal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "shim/err.h"

struct sbx_terminal sbx_terminal_save(void)
{
	cleanup_fd int tty = openat(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	const pid_t group = getpgrp();
	struct sbx_terminal terminal = { tty >= 0 && tcgetpgrp(tty) == group ? group : 0, false, { 0 } };

	terminal.has_modes = terminal.foreground && tcgetattr(tty, &terminal.modes) == 0;
	return terminal;
}

int sbx_terminal_own_group(bool foreground, struct sbx_err *err)
{
	const int tty = openat(AT_FDCWD, "/dev/tty", O_RDWR | O_CLOEXEC);
	int ret = foreground ? tty : 0; /* in the background it would be stopped by its terminal */

	if (ret >= 0)
		ret = setpgid(0, 0);
	if (ret == 0 && foreground) {
		sigset_t stop, old;

		sigemptyset(&stop);
		sigaddset(&stop, SIGTTOU);
		sigprocmask(SIG_BLOCK, &stop, &old);
		ret = tcsetpgrp(tty, getpid());
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	if (ret < 0)
		sbx_err_set(err, SBX_STEP_TTY, errno, "a process group of its own");
	if (tty >= 0)
		close(tty);
	return ret;
}

/* UNTRUSTED: any process chooses its name, which ends with the last parenthesis. */
static bool read_stat(const char *pid, pid_t *parent, pid_t *group, char *state)
{
	char path[64], text[512], *rest;
	cleanup_fd int fd = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = 0;
	rest = strrchr(text, ')');
	return rest && sscanf(rest + 1, " %c %d %d", state, parent, group) == 3;
}

static bool is_ancestor(pid_t pid)
{
	pid_t above = getppid(), group;
	char name[24], state;

	while (above > 1 && above != pid) {
		snprintf(name, sizeof(name), "%d", (int)above);
		if (!read_stat(name, &above, &group, &state))
			return false;
	}
	return above == pid;
}

/* Somebody else of the pipeline may have set the modes, and still need them: less, beside us, in `sbx-wrap a | less`.
 * Those that wait for us don't. Where that can't be told, somebody may. */
static bool others_run_in(pid_t group)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	bool found = !proc;

	while (!found && proc && (entry = readdir(proc))) {
		const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		pid_t parent, its_group;
		char state;

		if (pid > 0 && pid != getpid() && read_stat(entry->d_name, &parent, &its_group, &state))
			found = its_group == group && state != 'Z' && !is_ancestor(pid);
	}
	if (proc)
		closedir(proc);
	return found;
}

static bool sets_modes(const char *command)
{
	static const char *const names[] = { "stty", "reset", "tset", "tput", "setterm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(command, names[i]) == 0)
			return true;
	return false;
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

void sbx_terminal_restore(const struct sbx_terminal *terminal, const char *command)
{
	cleanup_fd int tty = terminal->foreground ? openat(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	const pid_t foreground = tty < 0 ? -1 : tcgetpgrp(tty);
	struct termios modes;
	sigset_t ttou, old;

	if (tty < 0)
		return;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	if (foreground != terminal->foreground)
		tcsetpgrp(tty, terminal->foreground);
	if (terminal->has_modes && tcgetattr(tty, &modes) == 0 && !same_modes(&modes, &terminal->modes) &&
	    !sets_modes(command) && !others_run_in(terminal->foreground))
		tcsetattr(tty, TCSANOW, &terminal->modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
