/* SPDX-License-Identifier: MIT */
/*
 * rules_around.h -- what is hidden below a read-only grant stays hidden when the host replaces it.
 */
#ifndef SBX_LOADER_PLAN_RULES_AROUND_H
#define SBX_LOADER_PLAN_RULES_AROUND_H

#include "loader/plan/plan.h"

/*
 * When all is granted and hidden: plan->floor gets a rule for each entry beside plan->shut, and plan->narrowed the
 * directories above. Nothing, where that would be too many or a directory can't be read; where the command may write,
 * and in place, neither.
 */
void sbx_plan_rules_around(struct sbx_plan *plan);

/* Take from the floor, as it will be applied, what rules on plan->narrowed give of the files below. */
void sbx_plan_rules_narrow(const struct sbx_plan *plan, struct sbx_layer *layer);

#endif
