/*
 * protect.h -- what no argument can grant and what is hidden below every granted directory: the policy's table applied.
 */
#ifndef SBX_PROTECT_H
#define SBX_PROTECT_H

#include "loader/plan.h"

/* Why the resolved path must not be granted because somebody named it; NULL when it may be. The text is static. */
const char *sbx_protect_reason(const struct sbx_policy_blob *policy, const struct sbx_resolved *resolved);

/*
 * Hide protected paths below every granted directory of the plan, with the directories between bound onto themselves
 * where the grant is writable, so that none can be renamed away. Returns -1 with err filled when that can't be done: a
 * writable grant of a whole home, a protected path that is absent, or no private root to hide anything in.
 */
int sbx_protect_hide(struct sbx_plan *plan, struct sbx_err *err);

#endif
