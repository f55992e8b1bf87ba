/* SPDX-License-Identifier: MIT */
/*
 * policy_draft.h -- a policy in kernel terms.
 */
#ifndef SBX_CONF_COMPILE_POLICY_DRAFT_H
#define SBX_CONF_COMPILE_POLICY_DRAFT_H

#include "conf/compile/build.h"
#include "conf/compile/compile.h"

/*
 * Resolve the profile of `args` into `policy`, check it, and draft it for this host into `build`, which keeps pointers
 * to both. Returns 0, or -1 with errors added to the configuration's.
 */
int sbx_policy_draft(const struct sbx_compile *args, struct sbx_policy *policy, struct sbx_build *build);

#endif
