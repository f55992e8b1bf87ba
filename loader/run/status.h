/*
 * status.h -- --stats and --status-fd: the account of a run, for people and for programs; sbx-wrap(1), STATUS.
 */
#ifndef SBX_LOADER_RUN_STATUS_H
#define SBX_LOADER_RUN_STATUS_H

#include <stdio.h>

#include "loader/run/run.h"
#include "loader/run/wait.h"

/* Take the descriptor of --status-fd away from the command. -1 with err when it can't be written. */
int sbx_status_open(struct sbx_run *run, struct sbx_err *err);

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
