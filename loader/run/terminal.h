/* SPDX-License-Identifier: MIT */
/*
 * terminal.h -- the terminal's foreground process group: put back as it was when a job-controlling target has ended.
 */
#ifndef SBX_LOADER_RUN_TERMINAL_H
#define SBX_LOADER_RUN_TERMINAL_H

#include <sys/types.h>

struct sbx_terminal {
	pid_t foreground; /* our own group when it had the terminal at the start, else 0 */
};

struct sbx_terminal sbx_terminal_save(void);
void sbx_terminal_restore(const struct sbx_terminal *terminal);

#endif
