/*
 * environ.h -- the target's environment: the caller's, less secrets, plus what the shim needs.
 */
#ifndef SBX_ENVIRON_H
#define SBX_ENVIRON_H

#include "loader/options.h"
#include "shim/blob.h"

/*
 * UNTRUSTED: the caller's environment. Options win over the policy, keep over drop; SBX_* never passes. Names of what is
 * dropped are added to `dropped` (char *) when it isn't NULL. Entries are fresh memory, so that the originals can be
 * overwritten. The vector stays open for sbx_environ_latch.
 */
struct sbx_vec sbx_environ_make(const struct sbx_policy_blob *policy, const struct sbx_options *options, char **from,
				struct sbx_vec *dropped);

/* What the shim needs to know. */
struct sbx_latch_place {
	const char *shim; /* as the target will open it */
	int layer;        /* the sealed memfd */
	int ack;          /* the socket for the acknowledgement, or -1 */
};

/*
 * Add LD_PRELOAD (the shim, the policy's preload, then the caller's own) and SBX_LATCH=<layer>,<ack or ->,<how many of
 * LD_PRELOAD's entries are ours> at the end.
 */
void sbx_environ_latch(struct sbx_vec *env, const struct sbx_policy_blob *policy, const struct sbx_latch_place *place);

#endif
