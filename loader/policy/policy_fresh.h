/* SPDX-License-Identifier: MIT */
/*
 * policy_fresh.h -- is a cached policy still true to the host?
 */
#ifndef SBX_LOADER_POLICY_POLICY_FRESH_H
#define SBX_LOADER_POLICY_POLICY_FRESH_H

#include <stdbool.h>

#include "shim/blob.h"

/*
 * Links, what is bound and the libraries of a checked policy are as they were when it was compiled. Links that are
 * verified are known to the walk from then on: sbx_resolve_know().
 */
bool sbx_policy_fresh(const struct sbx_policy_blob *policy);

#endif
