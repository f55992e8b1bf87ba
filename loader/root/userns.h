/* SPDX-License-Identifier: MIT */
/*
 * userns.h -- the user namespace's one-id map, and what else a fresh set of namespaces needs.
 */
#ifndef SBX_LOADER_ROOT_USERNS_H
#define SBX_LOADER_ROOT_USERNS_H

#include <stdbool.h>
#include <sys/types.h>

#include "shim/blob.h"
#include "shim/steps.h"

/*
 * In the fresh namespaces: map the caller's ids (as they were before), forbid further user namespaces, bring loopback
 * up when the policy says so. user_namespaces(7). Returns 0, or -1 with err filled.
 */
int sbx_userns_enter(const struct sbx_policy_blob *policy, uid_t uid, gid_t gid, struct sbx_err *err);

#endif
