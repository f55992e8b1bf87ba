/* SPDX-License-Identifier: MIT */
/*
 * cgroup_leave.h -- may a command be taken out of the caller's cgroup? Not where something holds there that would be
 * lost outside.
 */
#ifndef SBX_LOADER_LIMITS_CGROUP_LEAVE_H
#define SBX_LOADER_LIMITS_CGROUP_LEAVE_H

#include <stdbool.h>

/*
 * For a leaf beside it, which is below all that the caller's is below: `path` is the caller's cgroup as
 * /proc/self/cgroup has it, `mount` where the tree is mounted. False with the reason in `why`.
 */
bool sbx_cgroup_leave_for_leaf(const char *mount, const char *path, const char **why);

/*
 * Is what is above the caller's cgroup root's or the caller's alone? Who else could write there takes the controllers
 * from a leaf, or processes out of it.
 */
bool sbx_cgroup_is_ours(const char *mount, const char *path, const char **why);

/* Give the leaf beside it the same weights. False with the reason in `why` when one can't be had. */
bool sbx_cgroup_take_shares(const char *mount, const char *path, int leaf, const char **why);

/* For a scope of systemd's, the user's manager's or, for root, the system's. */
bool sbx_cgroup_leave_for_scope(const char *mount, const char *path, const char **why);

#endif
