/*
 * wait.h -- the waiting loader: signals in, stops, acknowledgement and status out.
 */
#ifndef SBX_LOADER_RUN_WAIT_H
#define SBX_LOADER_RUN_WAIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "shim/steps.h"

struct sbx_run;

struct sbx_end {
	int status;     /* the target's wait status; meaningful when err.subject and err.errnum are unset */
	bool failed;    /* sbx itself failed, or killed an unlatched target: err says why, exit 125 (or 126, 127) */
	bool timed_out; /* limits.wall was up: exit 124 whatever status says */
	bool latched;   /* the shim has acknowledged */
	bool note;      /* err is only to be reported */
	struct sbx_err err;
};

/* Follow the fenced process `child` to its end. UNTRUSTED: what comes over the channel, but for its sender's pid. */
void sbx_wait(struct sbx_run *run, pid_t child, struct sbx_end *end);

#endif
