/* SPDX-License-Identifier: MIT */
/*
 * interrupt.h -- what ends the work after the run: a signal, or limits.wall. That work is as long as the command has
 * made it.
 */
#ifndef SBX_LOADER_BASE_INTERRUPT_H
#define SBX_LOADER_BASE_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The run is over: signals are meant for sbx-wrap from now on. They stay blocked, and are looked for between two steps,
 * so that no step is half done. What came before was meant for the command, and is forgotten. `mask`: what the caller
 * has blocked, and therefore ends nothing. `deadline`: a sbx_clock_now(), or SBX_NEVER.
 */
void sbx_interrupt_begin(const sigset_t *mask, int64_t deadline);

/* Is the work to end? Once true it stays so; false before sbx_interrupt_begin(). */
bool sbx_interrupted(void);

/* Why, in static text; NULL when it isn't to end, as far as somebody has asked. */
const char *sbx_interrupt_reason(void);

/* The signal that has come, whether or not somebody has asked; or 0. */
int sbx_interrupt_signal(void);

#endif
