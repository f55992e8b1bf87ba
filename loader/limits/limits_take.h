/* SPDX-License-Identifier: MIT */
/*
 * limits_take.h -- what a policy limits, before anybody holds it.
 */
#ifndef SBX_LOADER_LIMITS_LIMITS_TAKE_H
#define SBX_LOADER_LIMITS_LIMITS_TAKE_H

#include "loader/limits/limits.h"

/* Take the policy's limits, with the arguments of sbx_limits_plan(). -1 with err. */
int sbx_limits_take(struct sbx_limits *limits, const struct sbx_policy_blob *policy, const char *cwd, bool watched,
		    struct sbx_err *err);

#endif
