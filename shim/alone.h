/* SPDX-License-Identifier: MIT */
/*
 * alone.h -- the shim without the loader: the layer comes from a file that SBX_POLICY names; sbx-policy(1), compile -o.
 */
#ifndef SBX_SHIM_ALONE_H
#define SBX_SHIM_ALONE_H

#include "shim/steps.h"

/*
 * Stack the layer of the file that SBX_POLICY names on the process, set no_new_privs, and take SBX_POLICY and the
 * shim's own entry (but for keep_shim) out of the environment. Returns 1, or 0 when the variable isn't there, or -1
 * with err filled: then the process must not go on.
 */
int sbx_alone_latch(char **envp, int keep_shim, struct sbx_err *err);

#endif
