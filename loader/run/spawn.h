/* SPDX-License-Identifier: MIT */
/*
 * spawn.h -- from the waiting loader to the target: clone, the child's list of steps, exec.
 */
#ifndef SBX_LOADER_RUN_SPAWN_H
#define SBX_LOADER_RUN_SPAWN_H

#include "loader/run/run.h"

/* Start the fenced process. Returns its pid, or -1 with err filled. Only for policies with a pid namespace. */
pid_t sbx_spawn(struct sbx_run *run, struct sbx_err *err);

/* In place: this process becomes the target. Returns only on failure, with err filled. */
int sbx_spawn_in_place(struct sbx_run *run, struct sbx_err *err);

#endif
