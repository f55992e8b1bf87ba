/* SPDX-License-Identifier: MIT */
/*
 * privs.h -- what the process gives up for good: capabilities, new privileges, the caller's session keyring.
 */
#ifndef SBX_LOADER_ROOT_PRIVS_H
#define SBX_LOADER_ROOT_PRIVS_H

#include "shim/blob.h"
#include "shim/steps.h"

/*
 * Drop every capability, set no_new_privs, and join a session keyring of its own. Where we have CAP_SETPCAP, empty the
 * bounding set too, and lock the securebits so that uid 0 regains nothing by exec. capabilities(7), prctl(2),
 * session-keyring(7). Returns 0, or -1 with err filled.
 */
int sbx_privs_drop(const struct sbx_policy_blob *policy, struct sbx_err *err);

#endif
