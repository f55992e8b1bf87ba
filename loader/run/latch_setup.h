/* SPDX-License-Identifier: MIT */
/*
 * latch_setup.h -- what can be done for the latch before anything runs.
 */
#ifndef SBX_LOADER_RUN_LATCH_SETUP_H
#define SBX_LOADER_RUN_LATCH_SETUP_H

#include <stdbool.h>

#include "loader/plan/plan.h"
#include "loader/policy/exec_target.h"
#include "shim/blob.h"
#include "shim/steps.h"

/* What is known of the latch before exec: the value of SBX_MSG_EXEC. */
enum sbx_latch_plan {
	SBX_PLAN_NONE,     /* off, needless, or impossible and not required: the floor alone */
	SBX_PLAN_EXPECTED, /* the shim will acknowledge */
	SBX_PLAN_STATIC    /* the loader applies it before exec: there is nothing to link */
};

struct sbx_latch {
	enum sbx_latch_plan plan;
	bool needless;           /* the policy's latch takes nothing away that the floor doesn't */
	const char *unlatchable; /* why the target stays on the floor, or NULL */
	char *shim;              /* as the target will open it */
	struct sbx_layer *layer; /* with the plan's rules; NULL with SBX_PLAN_NONE */
	int fd;                  /* the same, sealed; or -1 */
};

/* The (checked) table of children, or NULL. */
const struct sbx_children *sbx_latch_children(const struct sbx_policy_blob *policy);

/*
 * Decide what can be known of the latch, and plan a place for the shim, `host_shim` on the host. -1 with err when the
 * latch is required and impossible.
 */
int sbx_latch_plan(struct sbx_latch *latch, const struct sbx_target *target, struct sbx_plan *plan, char *host_shim,
		   struct sbx_err *err);

/* From the sorted plan: where there will be a latch, latch->layer. -1 with err when the shim, or a child's, couldn't
 * take it.
 */
int sbx_latch_layer(struct sbx_latch *latch, const struct sbx_plan *plan, struct sbx_err *err);

/*
 * The filter of a static command's latch, below which Landlock leaves nothing but its own file to be executed: both are
 * in force by the kernel's word, before its first instruction. Where the loader decides of calls it asks this filter.
 */
int sbx_latch_at_exec(const struct sbx_policy_blob *policy, struct sbx_err *err);

/* latch->layer as a sealed memfd_create(2) file. -1 with err. */
int sbx_latch_seal(struct sbx_latch *latch, struct sbx_err *err);

/*
 * UNTRUSTED: `said`, which the shim in `command` has sent, or the command in its name. What is to be told of it; NULL
 * when the shim has no such step. No hint goes with it: it may be made up.
 */
const char *sbx_latch_claim(const char *command, const struct sbx_err *said);

#endif
