/* SPDX-License-Identifier: MIT */
/*
 * private_spaces.h -- the private file systems that can be written, handed to the waiting loader for the account.
 */
#ifndef SBX_LOADER_RUN_PRIVATE_SPACES_H
#define SBX_LOADER_RUN_PRIVATE_SPACES_H

#include "loader/limits/space.h"
#include "loader/output/private_leftovers.h"
#include "loader/plan/plan.h"

/* In the child, before its filter; without one of which too many descriptors are on their way. `channel`: -1 in place.
 */
void sbx_spaces_send(int channel, const struct sbx_plan *plan);

/* In the loader: `fd`, which it takes, is that of the plan's mount `i`. */
void sbx_spaces_accept(struct sbx_space *space, const struct sbx_plan *plan, size_t i, int fd);

/* After the end: what was left in those that `left` asks about, and all are closed. */
void sbx_spaces_left(struct sbx_space *space, struct sbx_private *left, const struct sbx_plan *plan);

#endif
