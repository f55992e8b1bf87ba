/* SPDX-License-Identifier: MIT */
/*
 * private_root.h -- the private root: a tmpfs that holds what the plan says, and becomes "/".
 */
#ifndef SBX_LOADER_ROOT_PRIVATE_ROOT_H
#define SBX_LOADER_ROOT_PRIVATE_ROOT_H

#include "loader/plan/plan.h"

/*
 * In a fresh mount namespace: build the sorted plan's root, make `cwd` exist in it, and pivot. Afterwards "/" is the
 * private root and the host's tree is gone. mount_namespaces(7), mount_setattr(2), pivot_root(2). Linux >= 5.12.
 * Returns 0, or -1 with err filled.
 */
int sbx_root_enter(const struct sbx_plan *plan, const char *cwd, struct sbx_err *err);

#endif
