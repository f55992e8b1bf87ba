/* SPDX-License-Identifier: MIT */
/*
 * output_move.h -- one output out of its stage into its place.
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_MOVE_H
#define SBX_LOADER_OUTPUT_OUTPUT_MOVE_H

#include "loader/output/stage.h"

/*
 * UNTRUSTED: what the target has made, `name` in the stage, seen as `st`. It becomes dir/name: in place of what had the
 * name where `file` says that it existed, else only where nothing has come. `file` is NULL for what only fits a
 * pattern. Setuid and setgid bits are lost. Returns NULL, or why it could not be; static text or fresh memory.
 */
const char *sbx_output_move(struct sbx_stage_dir *dir, const struct sbx_stage_file *file, const char *name,
			    const struct stat *st);

/*
 * The target has renamed `from`, which is linked into the stage, to `name`: so is the host's own, which one run alone
 * can do. `existed`: in place of what had the name. Returns as above.
 */
const char *sbx_output_rename(const struct sbx_stage_dir *dir, const struct sbx_stage_file *from, const char *name,
			      bool existed);

#endif
