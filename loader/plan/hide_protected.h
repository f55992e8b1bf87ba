/* SPDX-License-Identifier: MIT */
/*
 * hide_protected.h -- what is hidden or kept read-only below every granted directory.
 */
#ifndef SBX_LOADER_PLAN_HIDE_PROTECTED_H
#define SBX_LOADER_PLAN_HIDE_PROTECTED_H

#include "loader/plan/plan.h"

/*
 * The last word on a plan whose grants are complete: what --hide names is gone wherever it would show; protected paths
 * below granted directories are masked; sbx's own programs, policies and cache are not writable; and what is masked or
 * read-only below a writable directory can't be renamed away. Returns -1 with err filled when that can't be had: a
 * writable grant of a whole home, or of what holds a protected path that is absent, or no private root to hide things
 * in.
 */
int sbx_hide_protected(struct sbx_plan *plan, struct sbx_err *err);

/* The end of it: what is less than writable below a writable directory of the host's, however deep, stays where it is.
 */
void sbx_pin_protected(struct sbx_plan *plan);

#endif
