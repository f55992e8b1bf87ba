/*
 * latch_setup.h -- what can be done for the latch before anything runs.
 */
#ifndef SBX_LOADER_RUN_LATCH_SETUP_H
#define SBX_LOADER_RUN_LATCH_SETUP_H

#include "loader/run/run.h"

/* Decide what can be known of the latch, as run->latch_plan, and plan the shim's place. -1 with err when it is
 * required. */
int sbx_latch_plan(struct sbx_run *run, struct sbx_err *err);

/* The latch as a sealed memfd_create(2) file, run->latch_fd. -1 with err. */
int sbx_latch_seal(struct sbx_run *run, struct sbx_err *err);

#endif
