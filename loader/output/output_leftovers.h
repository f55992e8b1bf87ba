/* SPDX-License-Identifier: MIT */
/*
 * output_leftovers.h -- what a run leaves in its staging directories and can't be moved into place.
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_LEFTOVERS_H
#define SBX_LOADER_OUTPUT_OUTPUT_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "loader/output/stage.h"

/* The reason of what has a name that nobody knows. */
extern const char sbx_not_named[];

/*
 * `path`, of type `mode` in the stage of `dir`, is not in place for `reason`, which lasts. A file or a directory is
 * kept if that isn't sbx_not_named.
 */
void sbx_leftovers_drop(struct sbx_stage *stage, struct sbx_stage_dir *dir, const char *path, mode_t mode,
			const char *reason);

/* dir/name, which the command has removed or replaced, is still there for `reason`. */
void sbx_leftovers_retain(struct sbx_stage *stage, const struct sbx_stage_dir *dir, const char *name,
			  const char *reason);

/*
 * Is `name` made of the name of an output of `dir`: out-2.ts beside out.m3u8? `comparisons` counts over one directory;
 * when they are too many the answer is false.
 */
bool sbx_leftovers_derive(const struct sbx_stage_dir *dir, const char *name, size_t *comparisons);

/* When the command has succeeded, and nothing named or not all that is named so came of it: keep what there is. */
void sbx_leftovers_judge(struct sbx_stage *stage);

/* Give the staging directory a name that outlives the next run's sweep. -1 with err when it can't have one. */
int sbx_leftovers_keep(struct sbx_stage_dir *dir, struct sbx_err *err);

#endif
