/* SPDX-License-Identifier: MIT */
/*
 * announce.h -- what a run is about to do, for people.
 */
#ifndef SBX_LOADER_RUN_ANNOUNCE_H
#define SBX_LOADER_RUN_ANNOUNCE_H

#include "loader/run/run.h"

/* --dry-run: all of it, on standard output; `dropped` (char *) are the names of environment variables. */
void sbx_announce_dry_run(const struct sbx_run *run, const struct sbx_vec *dropped);

/* --verbose: a line or two on standard error. */
void sbx_announce_verbose(const struct sbx_run *run);

/* What was named and not granted, and why there is no latch: on standard error. */
void sbx_announce_notes(const struct sbx_run *run);

#endif
