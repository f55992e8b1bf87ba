/* SPDX-License-Identifier: MIT */
/*
 * wait.h -- the waiting loader: signals in, stops, acknowledgement and status out.
 */
#ifndef SBX_LOADER_RUN_WAIT_H
#define SBX_LOADER_RUN_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "loader/run/end.h"
#include "loader/run/signals.h"

struct sbx_run;

/* One wait, for wait.c and what it is made of: ack.c. */
struct sbx_wait {
	struct sbx_run *run;
	struct sbx_end *end;
	struct sbx_followed of;
	bool heard, acked, ended;
	bool dozing;                               /* messages are read when something else has come: until doze_by */
	int64_t ack_by, wall_by, kill_by, doze_by; /* sbx_clock_now() */
	int64_t link_at;                           /* at which to look whether the shim is still to come */
	unsigned int link_ms;                      /* between two looks, ever longer */
};

/* Follow the fenced process `child` to its end. UNTRUSTED: what the target's pipe brings. */
void sbx_wait(struct sbx_run *run, pid_t child, int signals, struct sbx_end *end);

/* sbx itself has failed: told so in the end, and the sandbox is killed. */
void sbx_wait_fail(struct sbx_wait *wait, enum sbx_step step, int errnum, const char *subject);

#endif
