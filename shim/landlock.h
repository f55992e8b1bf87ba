/* SPDX-License-Identifier: MIT */
/*
 * landlock.h -- stacking one Landlock ruleset on the calling process; landlock(7).
 */
#ifndef SBX_SHIM_LANDLOCK_H
#define SBX_SHIM_LANDLOCK_H

#include "shim/blob.h"
#include "shim/steps.h"

/* Landlock's ABI on this kernel, or 0 when there is none (not built in, or switched off). */
unsigned int sbx_landlock_abi(void);

/* Why there is none, an errno value: ENOSYS where it isn't built in, EOPNOTSUPP where it is switched off. 0: there is.
 */
int sbx_landlock_missing(void);

/*
 * Make the ruleset of a checked layer and restrict the calling thread by it (all threads with the TSYNC bit of
 * restrict_flags). Needs no_new_privs. Nothing to do for a layer that handles nothing. Returns 0, or -1 with err
 * filled; then nothing has been restricted.
 */
int sbx_landlock_apply(const struct sbx_layer *layer, struct sbx_err *err);

#endif
