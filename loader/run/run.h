/*
 * run.h -- one run: what main has gathered, and what the processes that carry it out share.
 *
 * Used by: main.c.
 * Touches: processes: starts, feeds, signals and waits for the sandbox.
 * Includes: loader/base loader/cli loader/limits loader/output loader/plan
 * Includes: loader/policy loader/root loader/seccomp shim
 */
#ifndef SBX_LOADER_RUN_RUN_H
#define SBX_LOADER_RUN_RUN_H

#include <sys/types.h>

#include "loader/base/caller.h"
#include "loader/cli/cwd.h"
#include "loader/limits/usage.h"
#include "loader/seccomp/seccomp_notify.h"
#include "loader/limits/limits.h"
#include "loader/cli/options.h"
#include "loader/plan/plan.h"
#include "loader/output/stage.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/programs.h"
#include "shim/children.h"
#include "shim/err.h"

/* What is known of the latch before exec: the value of SBX_MSG_EXEC. */
enum sbx_latch_plan {
	SBX_PLAN_NONE,    /* off, needless, or impossible and not required: the floor alone */
	SBX_PLAN_EXPECTED /* the shim will acknowledge */
};

/* What programs have said of themselves: latch_reports.c. */
#define SBX_LATCH_REPORTS_ROWS 64
struct sbx_latch_reports_row {
	struct sbx_latch_report claim;
	unsigned long runs;
};
struct sbx_latch_reports {
	struct sbx_latch_reports_row rows[SBX_LATCH_REPORTS_ROWS];
	unsigned char bytes[4096]; /* read and not looked at yet: */
	size_t have;
	size_t count;          /* of rows */
	unsigned long beyond;  /* runs of programs that found no row */
	unsigned long garbage; /* bytes */
	int fd;
	bool open;
};

/* What is on its way to --status-fd: status.c. */
struct sbx_status {
	int fd; /* from 10 up, or -1 */
	char *text;
	size_t len, done;
	const char *lost; /* why lines are incomplete; a reader that has gone is no reason */
};

struct sbx_run {
	struct sbx_latch_reports latch_reports; /* large, and mostly untouched: in front, so that what is touched shares
						   its pages with what follows */
	struct sbx_caller caller;
	struct sbx_options options;
	struct sbx_cwd cwd;
	struct sbx_target target;
	const struct sbx_policy_blob *policy;
	struct sbx_plan plan;
	struct sbx_stage stage;
	char **env; /* the target's, but for what tells the shim what to do */
	struct sbx_programs programs;
	char *shim; /* the shim as the target will open it */
	struct sbx_layer *floor, *latch;
	enum sbx_latch_plan latch_plan;
	bool latch_needless;      /* the policy's latch takes nothing away that the floor doesn't */
	struct sbx_notify notify; /* what answers for calls, where the policy has them asked */
	struct sbx_limits limits;
	struct sbx_usage usage;
	struct sbx_status status;
	bool started;   /* the sandbox's first process is there */
	int channel[2]; /* SOCK_SEQPACKET: ours, theirs; -1 in place */
	int latch_fd;   /* the sealed memfd, or -1 */
};

#endif
