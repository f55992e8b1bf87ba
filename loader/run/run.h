/* SPDX-License-Identifier: MIT */
/*
 * run.h -- one run: what main has gathered, and what the processes that carry it out share.
 *
 * Used by: main.c.
 * Touches: processes: starts, feeds, signals and waits for the sandbox.
 * Includes: loader/base loader/cli loader/guard loader/limits loader/net loader/output loader/plan
 * Includes: loader/policy loader/root loader/seccomp shim
 */
#ifndef SBX_LOADER_RUN_RUN_H
#define SBX_LOADER_RUN_RUN_H

#include <stdbool.h>

#include "loader/base/caller.h"
#include "loader/base/inherited.h"
#include "loader/cli/cwd.h"
#include "loader/cli/options.h"
#include "loader/guard/guard.h"
#include "loader/limits/limits.h"
#include "loader/limits/usage.h"
#include "loader/net/relay.h"
#include "loader/output/private_leftovers.h"
#include "loader/output/quota.h"
#include "loader/output/stage.h"
#include "loader/plan/plan.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/policy_find.h"
#include "loader/policy/programs.h"
#include "loader/run/child_reports.h"
#include "loader/run/latch_setup.h"
#include "loader/run/status.h"
#include "loader/seccomp/seccomp_notify.h"

struct sbx_run {
	struct sbx_caller caller;
	struct sbx_options options;
	struct sbx_vec pipes; /* int: those that arguments name, above 2 */
	struct sbx_inherited inherited;
	pid_t answers; /* the process that answers what is asked about them; 0: none */
	struct sbx_cwd cwd;
	struct sbx_target target;
	const struct sbx_policy_blob *policy;
	struct sbx_withheld withheld;
	struct sbx_grammar grammar;
	struct sbx_plan plan;
	struct sbx_stage stage;
	struct sbx_guard guard;
	char **env; /* the target's, but for what tells the shim what to do */
	struct sbx_programs programs;
	struct sbx_layer *floor; /* with the plan's rules */
	struct sbx_latch latch;
	struct sbx_notify notify; /* what answers for calls, where the policy has them asked */
	struct sbx_limits limits;
	struct sbx_usage usage;
	struct sbx_relay relay;
	struct sbx_quota quota;
	struct sbx_private left;
	struct sbx_status status;
	struct sbx_child_reports child_reports; /* of what the command starts */
	bool watched;                           /* by us, to the end; else we become the target */
	bool started;                           /* the sandbox's first process is there */
	int channel[2]; /* SOCK_SEQPACKET: ours, theirs; -1 in place. Closed on exec: the target never has it */
	int word[2];    /* a pipe for what the shim says once, where one is expected: ours, the target's; or -1 */
};

#endif
