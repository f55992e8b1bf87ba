/* SPDX-License-Identifier: MIT */
/*
 * private_sizes.h -- how large the private file systems are: a share of this machine's memory is so many bytes.
 */
#ifndef SBX_LOADER_PLAN_PRIVATE_SIZES_H
#define SBX_LOADER_PLAN_PRIVATE_SIZES_H

#include "loader/plan/plan.h"

/* A share becomes bytes, `most` of them at most. -1 with *err set where the machine's memory can't be told. */
int sbx_plan_sizes(struct sbx_plan *plan, uint64_t most, struct sbx_err *err);

#endif
