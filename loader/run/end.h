/* SPDX-License-Identifier: MIT */
/*
 * end.h -- how a run ended: which limit decided it, for people and as a word, and the same end for sbx-wrap itself.
 */
#ifndef SBX_LOADER_RUN_END_H
#define SBX_LOADER_RUN_END_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/limits/limits.h"
#include "loader/limits/usage.h"
#include "loader/output/quota.h"
#include "shim/steps.h"

struct sbx_end {
	int status;      /* the target's wait status; meaningful when err.subject and err.errnum are unset */
	bool failed;     /* sbx itself failed, or killed an unlatched target: err says why, exit 125 (or 126, 127) */
	bool cut_off;    /* there was too much output: exit 125 whatever status says */
	bool timed_out;  /* limits.wall was up: exit 124 whatever status says */
	bool latched;    /* the shim has acknowledged */
	bool note;       /* err is only to be reported */
	int64_t work_by; /* until when outputs may be moved into place: sbx_clock_now(), or SBX_NEVER */
	struct sbx_err err;
};

/* Did it end because it wrote a file larger than limits.output allows? */
bool sbx_end_file_output(const struct sbx_end *end, const struct sbx_limits *limits);

/* What there was too much of, on standard error; nothing where there wasn't. */
void sbx_end_report_output(const struct sbx_end *end, const struct sbx_limits *limits, const struct sbx_quota *quota);

/* limits.wall was up while outputs were moved into place: that is how the run has ended. Said on standard error. */
void sbx_end_overdue(struct sbx_end *end, const struct sbx_limits *limits);

/*
 * What decided an abnormal end, as a stable word: "output", "output_files", "memory", "memory_outside", "pids", "tmp",
 * "tmp_inodes", "wall", "cpu_time", "file_size", "seccomp", "signal" for the command's own fault; NULL when nothing is
 * known.
 */
const char *sbx_end_reason(const struct sbx_end *end, const struct sbx_limits *limits, const struct sbx_usage *usage,
			   const struct sbx_quota *quota);

/* One line, and a hint, on standard error for each limit that was met. `command`: its name. */
void sbx_end_report(const struct sbx_end *end, const struct sbx_limits *limits, const struct sbx_usage *usage,
		    const struct sbx_quota *quota, const char *command);

/*
 * End as the target did: with its status, or by its signal, so that a shell's loop ends on ^C. Where the target had a
 * group of its own, with the terminal (`own_group`), the terminal's signal went there alone; the shell that runs the
 * loader is in ours.
 */
_Noreturn void sbx_end_like(int status, bool own_group);

#endif
