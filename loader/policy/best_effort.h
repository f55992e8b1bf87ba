/* SPDX-License-Identifier: MIT */
/*
 * best_effort.h -- layers that the policy's best_effort lets be missing: never in silence.
 */
#ifndef SBX_LOADER_POLICY_BEST_EFFORT_H
#define SBX_LOADER_POLICY_BEST_EFFORT_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/blob.h"

/* May this layer be missing? When it may, says on standard error that it is, and why (an errno value). */
bool sbx_best_effort(const struct sbx_policy_blob *policy, enum sbx_kernel_layer layer, int errnum);

/* What of Landlock a policy that was compiled nonetheless has to do without on a kernel with that ABI: says so. */
void sbx_best_effort_landlock(const struct sbx_policy_blob *policy, unsigned int abi);

/*
 * The namespaces (CLONE_NEW*) of the policy less those that best_effort names: what to try again with when all of them
 * can't be had. User, mount and pid namespaces stay: without them this would be another policy (`namespaces = []`).
 */
uint32_t sbx_best_effort_namespaces(const struct sbx_policy_blob *policy);

/* Say which namespaces it runs without, because `errnum` came when all of them were asked for. */
void sbx_best_effort_report(const struct sbx_policy_blob *policy, uint32_t namespaces, int errnum);

#endif
