/* SPDX-License-Identifier: MIT */
/*
 * policy_emit.h -- the blob of a policy.
 */
#ifndef SBX_CONF_COMPILE_POLICY_EMIT_H
#define SBX_CONF_COMPILE_POLICY_EMIT_H

#include "conf/compile/build.h"
#include "conf/compile/compile.h"

/* Lay out `build`, the draft of `args`, as a struct sbx_policy_blob. The bytes belong to the build's pool. */
void sbx_emit_policy(const struct sbx_build *build, const struct sbx_compile *args, struct sbx_bytes *out);

#endif
