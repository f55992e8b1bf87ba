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

/* The same for what fs.guard has had moved aside. */
void sbx_kept_record_guarded(const struct sbx_run *run);

#endif
