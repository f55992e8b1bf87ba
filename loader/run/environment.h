/* SPDX-License-Identifier: MIT */
/*
 * environment.h -- the target's environment: the caller's, less secrets, plus what the shim needs.
 */
#ifndef SBX_LOADER_RUN_ENVIRONMENT_H
#define SBX_LOADER_RUN_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "loader/base/vec.h"
#include "loader/cli/options.h"
#include "shim/blob.h"

/*
 * UNTRUSTED: the caller's environment. Options win over the policy, keep over drop; SBX_* never passes. Names of what
 * is dropped are added to `dropped` (char *) when it isn't NULL. What is kept is not copied. The vector stays open for
 * the rest.
 */
struct sbx_vec sbx_environ_make(const struct sbx_policy_blob *policy, const struct sbx_options *options, char **from,
				struct sbx_vec *dropped);

#define SBX_SHIM_ENTRIES 2 /* of LD_PRELOAD: the shim stands there twice */

/*
 * Add LD_PRELOAD at the end: with `libraries` the policy's preload, then the shim (whose constructor comes first
 * wherever it stands), then the caller's own. Returns how many entries stand before the shim.
 */
size_t sbx_environ_preload(struct sbx_vec *env, const struct sbx_policy_blob *policy, const char *shim, bool libraries);

/* The caller's own shim, preloaded for what it starts without sbx-wrap, out of LD_PRELOAD: here it would find no
 * policy. */
void sbx_environ_drop_shim(struct sbx_vec *env);

/* What the shim needs to know. */
struct sbx_latch_place {
	int layer;  /* the sealed memfd */
	int ack;    /* the socket for the acknowledgement, or -1 */
	size_t own; /* how many of LD_PRELOAD's first entries it takes out before main */
};

/* SBX_LATCH=<layer>,<ack or ->,<own> at the end. */
void sbx_environ_latch(struct sbx_vec *env, const struct sbx_latch_place *place);

/* SBX_CHILDREN, with no layer in force. */
void sbx_environ_children(struct sbx_vec *env);

/* What a sanitized program goes by, from whose leaks nothing can be seen: they are not looked for. `tell`: the command
 * that it is told of, or NULL. */
void sbx_environ_no_leaks(struct sbx_vec *env, const char *tell);

#endif
