/*
 * report.h -- the one place that prints errors and hints, and turns an end into an exit status.
 */
#ifndef SBX_LOADER_CLI_REPORT_H
#define SBX_LOADER_CLI_REPORT_H

#include "loader/base/vec.h"
#include "loader/run/run.h"

/* `text` as fresh memory, without what a terminal obeys: names may hold anything. */
const char *sbx_plain(const char *text);

/* `sbx-wrap: <step>: <subject>: <error>`, then `hint: ...` where there is one. An empty error has been said already. */
void sbx_report_error(const struct sbx_err *err);

/* The exit status that an error of sbx's own leads to: 125, or 126 and 127 for a command that can't be executed. */
int sbx_report_status(const struct sbx_err *err);

/* What was named and not granted, and what is dropped or static: on standard error, unless quiet. */
void sbx_report_notes(const struct sbx_run *run);

/* After sbx_output_commit, and what it returned: which outputs are not in place. Unless quiet, or it failed. */
void sbx_report_outputs(const struct sbx_run *run, int finished);

/* --verbose: what is about to be done, in a line or two on standard error. */
void sbx_report_verbose(const struct sbx_run *run);

/* --dry-run: what would be done. */
void sbx_report_plan(const struct sbx_run *run, const struct sbx_vec *dropped);

#endif
