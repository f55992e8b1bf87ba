/* SPDX-License-Identifier: MIT */
/*
 * sanitized.h -- programs that are built to look for their own faults.
 */
#ifndef SBX_LOADER_POLICY_SANITIZED_H
#define SBX_LOADER_POLICY_SANITIZED_H

#include <stdbool.h>

#include "loader/policy/exec_target.h"

/* Does the target, unless it is /usr's, bring AddressSanitizer or LeakSanitizer? */
bool sbx_sanitized(const struct sbx_target *target);

#endif
