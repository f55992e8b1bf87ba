/* SPDX-License-Identifier: MIT */
/*
 * terminal.h -- the terminal's foreground process group and its modes: put back as they were when the target has ended.
 */
#ifndef SBX_LOADER_RUN_TERMINAL_H
#define SBX_LOADER_RUN_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "shim/steps.h"

struct sbx_terminal {
	pid_t foreground; /* our own group when it had the terminal at the start, else 0 */
	bool has_modes;   /* and then: */
	struct termios modes;
};

struct sbx_terminal sbx_terminal_save(void);

/*
 * In the sandbox's first process: a process group of its own, with the terminal when the caller's had it (as the loader
 * saw: in here the caller's group has no number). 0, or -1 with err filled.
 */
int sbx_terminal_own_group(bool foreground, struct sbx_err *err);

/* `command`: the target's name. What is there to set modes keeps those that it has set. */
void sbx_terminal_restore(const struct sbx_terminal *terminal, const char *command);

#endif
