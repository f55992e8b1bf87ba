/* SPDX-License-Identifier: MIT */
/*
 * clone.h -- the process in its namespaces, and in its cgroup from the first instruction on; clone3(2).
 */
#ifndef SBX_LOADER_RUN_CLONE_H
#define SBX_LOADER_RUN_CLONE_H

#include <sys/types.h>

#include "loader/limits/limits.h"
#include "shim/blob.h"
#include "shim/steps.h"

/* Before it: without a PID namespace what the command leaves behind comes to us, and what we are shows in /proc. -1
 * with err. */
int sbx_clone_beside(const struct sbx_policy_blob *policy, struct sbx_err *err);

/*
 * Fork into the policy's namespaces, less of those that best_effort names where they can't be had. Returns as fork(2)
 * does; -1 with err. With a cgroup of its own the cgroup namespace is made by sbx_clone_enter, so that the cgroup is
 * its root. `cwd`: where the cgroup has to be made once more, sbx_limits_plan().
 */
pid_t sbx_clone(const struct sbx_policy_blob *policy, struct sbx_limits *limits, const char *cwd, struct sbx_err *err);

/*
 * First thing in the child: wait until the loader at the other end of `channel` has put it into its cgroup, and make
 * the cgroup namespace. -1 with err.
 */
int sbx_clone_enter(const struct sbx_policy_blob *policy, const struct sbx_limits *limits, int channel,
		    struct sbx_err *err);

/*
 * In the loader: have the child put into its cgroup where it is not, and let it go on, over `channel`. Otherwise it is
 * killed, and -1 with err.
 */
int sbx_clone_release(const struct sbx_policy_blob *policy, struct sbx_limits *limits, int channel, pid_t child,
		      struct sbx_err *err);

#endif
