/* SPDX-License-Identifier: MIT */
/*
 * status.h -- --stats and --status-fd: the account of a run, for people and for programs; sbx-wrap(1), STATUS.
 */
#ifndef SBX_LOADER_RUN_STATUS_H
#define SBX_LOADER_RUN_STATUS_H

#include <stddef.h>
#include <stdio.h>

#include "loader/base/vec.h"
#include "loader/limits/limits.h"
#include "shim/steps.h"

struct sbx_end;
struct sbx_run;

/* What is on its way to --status-fd. */
struct sbx_status {
	int fd; /* from 10 up, or -1 */
	char *text;
	size_t len, done;
	const char *lost; /* why lines are incomplete; a reader that has gone is no reason */
};

/*
 * Take --status-fd's descriptor `fd`, negative for none, away from the command, unless it is one of `keep` (int). -1
 * with err when it can't be written.
 */
int sbx_status_open(struct sbx_status *status, int fd, const struct sbx_vec *keep, struct sbx_err *err);

/* The line of the start: the sandbox's first process is there. */
void sbx_status_start(struct sbx_run *run);

/* The descriptor that has lines to take, for poll(2), or -1; and what to do when it takes some. */
int sbx_status_pending(const struct sbx_status *status);
void sbx_status_write(struct sbx_status *status);

/* The line of the end, and what --stats prints. `exit_status` is sbx-wrap's own; `err` why sbx failed, or NULL. */
void sbx_status_end(struct sbx_run *run, const struct sbx_end *end, int exit_status, const struct sbx_err *err);

/* A line for each limit there is: what holds it, or why nothing does. */
void sbx_status_limits(FILE *out, const char *indent, const struct sbx_limits *limits);

#endif
