/*
 * check.h -- what a policy must not say at the same time.
 */
#ifndef SBX_CHECK_H
#define SBX_CHECK_H

#include "conf/policy.h"

/* Check an effective policy. Returns 0, or -1 with errors added where the values in conflict come from. */
int sbx_check_policy(const struct sbx_policy *policy, struct sbx_errs *errs);

#endif
