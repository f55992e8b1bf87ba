/* SPDX-License-Identifier: MIT */
/*
 * stage_entries.h -- what stands in a staging directory after the run, and who has made it.
 */
#ifndef SBX_LOADER_OUTPUT_STAGE_ENTRIES_H
#define SBX_LOADER_OUTPUT_STAGE_ENTRIES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "loader/base/vec.h"
#include "loader/output/stage.h"

enum sbx_stage_owner { SBX_OWNER_TARGET, SBX_OWNER_OURS, SBX_OWNER_PARTLY_OURS };

/* dir/name, in fresh memory. */
char *sbx_stage_path(const char *dir, const char *name);

/* Who has made it: mount points, the directories that lead to them and the links of the plan are our own. */
enum sbx_stage_owner sbx_stage_owner(const struct sbx_plan *plan, const char *path, const struct stat *st);

/* The names in a directory (char *), which is closed; *errnum when they aren't all. */
struct sbx_vec sbx_stage_names(int fd, int *errnum);

/* Does the name fit one of the patterns of the directory's outputs? */
bool sbx_stage_fits(const struct sbx_stage_dir *dir, const char *name);

#endif
