/* SPDX-License-Identifier: MIT */
/*
 * policy_conflicts.h -- what a policy must not say at the same time.
 */
#ifndef SBX_CONF_COMPILE_POLICY_CONFLICTS_H
#define SBX_CONF_COMPILE_POLICY_CONFLICTS_H

#include "conf/compile/compile.h"

/*
 * Check an effective policy for where it will be applied: inside a sandbox and alone, "required" refuses what can be
 * known not to latch, and nobody waits for the acknowledgement. Returns 0, or -1 with errors added where the values in
 * conflict come from.
 */
int sbx_check_policy(const struct sbx_policy *policy, enum sbx_compile_for target, struct sbx_errs *errs);

/* Does the policy need a process that waits for the command's end, in place too? */
bool sbx_policy_waits(const struct sbx_policy *policy);

#endif
