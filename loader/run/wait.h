/* SPDX-License-Identifier: MIT */
/*
 * wait.h -- the waiting loader: signals in, stops, acknowledgement and status out.
 */
#ifndef SBX_LOADER_RUN_WAIT_H
#define SBX_LOADER_RUN_WAIT_H

#include <sys/types.h>

#include "loader/run/end.h"

struct sbx_run;

/* Follow the fenced process `child` to its end. UNTRUSTED: what the target's pipe brings. */
void sbx_wait(struct sbx_run *run, pid_t child, int signals, struct sbx_end *end);

#endif
