/*
 * latch_reports.h -- what the programs that the command starts say of themselves: "I have latched", over a fifo in the
 * private root.
 *
 * Nothing is decided by it: whoever runs inside may write there what he likes. --verbose asks for it, and it is told as
 * claims.
 */
#ifndef SBX_LOADER_RUN_LATCH_REPORTS_H
#define SBX_LOADER_RUN_LATCH_REPORTS_H

#include "loader/run/run.h"

/* The (checked) table of children, or NULL. */
const struct sbx_children *sbx_run_children(const struct sbx_run *run);

/* In the fenced process, behind the pivot: hand the fifo's reading end to the waiting loader, when it asked for it. */
int sbx_latch_reports_offer(const struct sbx_run *run, struct sbx_err *err);

/* In the waiting loader: take over what was offered. Closes `fd` when it is no fifo. */
void sbx_latch_reports_accept(struct sbx_latch_reports *reports, int fd);

/* Read once, as much as a bounded buffer holds. Returns whether there was something. */
bool sbx_latch_reports_read(struct sbx_latch_reports *reports, const struct sbx_children *table);

/* What is still there when all writers are gone, and the table of it on standard error. */
void sbx_latch_reports_report(struct sbx_latch_reports *reports, const struct sbx_children *table);

#endif
