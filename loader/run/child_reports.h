/* SPDX-License-Identifier: MIT */
/*
 * child_reports.h -- what the programs that the command starts say of themselves: "I have latched", over a fifo in the
 * private root.
 *
 * Nothing is decided by it: whoever runs inside may write there what he likes. --verbose asks for it, and it is told as
 * claims.
 */
#ifndef SBX_LOADER_RUN_CHILD_REPORTS_H
#define SBX_LOADER_RUN_CHILD_REPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "loader/base/rate.h"
#include "shim/blob.h"
#include "shim/children.h"
#include "shim/steps.h"

#define SBX_CHILD_REPORTS_ROWS 64
struct sbx_child_reports_row {
	struct sbx_child_report report;
	unsigned long runs;
};
struct sbx_child_reports {
	struct sbx_child_reports_row rows[SBX_CHILD_REPORTS_ROWS];
	unsigned char bytes[4096]; /* read and not looked at yet: */
	size_t have;
	size_t count;          /* of rows */
	unsigned long beyond;  /* runs of programs that found no row */
	unsigned long garbage; /* bytes */
	struct sbx_rate rate;  /* bytes */
	bool flooded;          /* more came in a second than is read */
	int fd;
	bool open;
};

/* In the fenced process, after the pivot: hand the fifo's reading end to the waiting loader over `channel`. */
int sbx_child_reports_offer(int channel, struct sbx_err *err);

/* In the waiting loader: take over what was offered. Closes `fd` when it is no fifo. */
void sbx_child_reports_accept(struct sbx_child_reports *reports, int fd);

/* What to poll(2) for more, or -1 where there is nothing, or nothing is to be read until *next, which is set then. */
int sbx_child_reports_poll(struct sbx_child_reports *reports, int64_t *next);

/* Read once, as much as a bounded buffer holds. Returns whether there was something. */
bool sbx_child_reports_read(struct sbx_child_reports *reports, const struct sbx_children *table);

/* What is still there when all writers are gone, and the table of it on standard error. */
void sbx_child_reports_report(struct sbx_child_reports *reports, const struct sbx_children *table);

#endif
