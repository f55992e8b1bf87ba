/* SPDX-License-Identifier: MIT */
/*
 * precedence.h -- who may say what is at a path: --hide and protection, then the command line's options, then the
 * policy, then what arguments name; within a rank the most specific path, and for the same path the last.
 */
#ifndef SBX_LOADER_PLAN_PRECEDENCE_H
#define SBX_LOADER_PLAN_PRECEDENCE_H

#include "loader/plan/plan.h"

/*
 * Apply the order to the policy's mounts and the options'. Called once both are planned, before any argument is looked
 * at. -1 with err when an option can't take effect.
 */
int sbx_precedence_settle(struct sbx_plan *plan, struct sbx_err *err);

/*
 * What an option or the policy has put in place of the host's `path`, which no argument can grant there then; NULL when
 * there is nothing such.
 */
const struct sbx_plan_mount *sbx_precedence_over(const struct sbx_plan *plan, const char *path);

/* The option's or policy's bind that shows the host's `path` where it is, stages aside; NULL when there is none. */
const struct sbx_plan_mount *sbx_precedence_shown(const struct sbx_plan *plan, const char *path);

/* The option that makes `path` itself read-only, as it was given; NULL when none does. */
const char *sbx_precedence_read_only(const struct sbx_plan *plan, const char *path);

/* Does --hide take the mount away as a whole: the host's, or what the sandbox has made in its place? */
bool sbx_precedence_hidden(const struct sbx_plan *plan, const struct sbx_plan_mount *mount);

/* --hide comes before all other options: -1 with err for one that it leaves nothing of. */
int sbx_precedence_check_hidden(const struct sbx_plan *plan, struct sbx_err *err);

/* A mount of the policy's goes: its rules may find nothing there. */
void sbx_precedence_drop(struct sbx_plan *plan, const struct sbx_plan_mount *mount);

#endif
