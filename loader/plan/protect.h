/*
 * protect.h -- what no argument can grant and what is hidden below every granted directory: the policy's table applied.
 */
#ifndef SBX_LOADER_PLAN_PROTECT_H
#define SBX_LOADER_PLAN_PROTECT_H

#include "loader/plan/plan.h"

/* Why the resolved path must not be granted because somebody named it; NULL when it may be. The text is static. */
const char *sbx_protect_reason(struct sbx_plan *plan, const struct sbx_resolved *resolved);

/* Is the canonical path hidden below any granted directory: a name alone hides nothing there. */
bool sbx_protect_hidden(struct sbx_plan *plan, const char *path);

/*
 * The last word on a plan whose grants are complete: what --hide names is gone wherever it would show; protected paths
 * below granted directories are masked; sbx's own programs, policies and cache are not writable; and what is masked or
 * read-only below a writable directory can't be renamed away. Returns -1 with err filled when that can't be had: a
 * writable grant of a whole home, or of what holds a protected path that is absent, or no private root to hide things
 * in.
 */
int sbx_protect_hide(struct sbx_plan *plan, struct sbx_err *err);

#endif
