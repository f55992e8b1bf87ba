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

/* Add LD_PRELOAD (the caller's own stays behind the shim) and SBX_LATCH=<layer>,<ack or -> at the end. */
void sbx_environ_latch(struct sbx_vec *env, const char *shim, int layer_fd, int ack_fd);

#endif
