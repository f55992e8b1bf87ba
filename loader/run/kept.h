/* SPDX-License-Identifier: MIT */
/*
 * kept.h -- the caller's list of what runs have kept aside, for sbx-policy(1).
 */
#ifndef SBX_LOADER_RUN_KEPT_H
#define SBX_LOADER_RUN_KEPT_H

#include <stdbool.h>

struct sbx_run;

/* After the run: a line for each directory in which something is kept. True when there are some, and all are listed. */
bool sbx_kept_record(const struct sbx_run *run);

/* What fs.guard is about: before the run, so that the next one can finish it should this one be killed; after it, to
 * move aside and list what has appeared; and before the plan, to finish what killed ones have left. */
void sbx_kept_guard_begin(struct sbx_run *run);
void sbx_kept_guard_end(struct sbx_run *run);
void sbx_kept_guard_left(const struct sbx_run *run);

#endif
