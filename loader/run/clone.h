/*
 * clone.h -- the process in its namespaces, and in its cgroup from the first instruction on; clone3(2).
 */
#ifndef SBX_LOADER_RUN_CLONE_H
#define SBX_LOADER_RUN_CLONE_H

#include "loader/run/run.h"

/*
 * Fork into the policy's namespaces, less of those that best_effort names where they can't be had. Returns as fork(2)
 * does; -1 with errno set. With a cgroup of its own the cgroup namespace is made by sbx_clone_enter, so that the cgroup
 * is its root.
 */
pid_t sbx_clone(struct sbx_run *run, struct sbx_err *err);

/* First thing in the child: wait until the loader has put it into its cgroup, and make the cgroup namespace. -1 with
 * err. */
int sbx_clone_enter(const struct sbx_run *run, struct sbx_err *err);

/* In the loader: have the child put into its cgroup where it is not, and let it go on. It is killed, and -1 with err.
 */
int sbx_clone_release(struct sbx_run *run, pid_t child, struct sbx_err *err);

#endif
