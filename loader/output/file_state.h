/* SPDX-License-Identifier: MIT */
/*
 * file_state.h -- whether a file is still what it was before the run, in the stage and on the host.
 */
#ifndef SBX_LOADER_OUTPUT_FILE_STATE_H
#define SBX_LOADER_OUTPUT_FILE_STATE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "loader/output/stage.h"

/* What the target saw under the name. */
const struct stat *sbx_state_shown(const struct sbx_stage_file *file);

/* Is what stands in the stage, as `st`, the link, or the copy that nobody has touched? Then the host's own file is as
 * it should be. */
bool sbx_state_unchanged(const struct sbx_stage_file *file, const struct stat *st);

/* Is it written in place, through the link? */
bool sbx_state_written(const struct sbx_stage_file *file, const struct stat *st);

/* Somebody else has written, or replaced, the file that the target had a copy of; or that can't be told. NULL when not.
 */
const char *sbx_state_overtaken(const struct sbx_stage_dir *dir, const struct sbx_stage_file *file);

/*
 * After the run: what the target has done to the directory's known files (file->gone, file->stays). Those that are no
 * longer there by their names are noted in `lefts`, by inode: then what once was one of them is found by the other.
 */
void sbx_state_note(struct sbx_stage_dir *dir, struct sbx_vec *lefts);
const struct sbx_stage_file *sbx_state_left(const struct sbx_vec *lefts, const struct stat *st);

/* Its name is gone, and the host's own file can have the one that the target has given it. */
bool sbx_state_can_follow(const struct sbx_stage_file *file);

bool sbx_state_same_time(const struct timespec *a, const struct timespec *b);

#endif
