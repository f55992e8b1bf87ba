/* SPDX-License-Identifier: MIT */
/*
 * stage_entries.h -- what stands in a staging directory after the run, and who has made it.
 */
#ifndef SBX_LOADER_OUTPUT_STAGE_ENTRIES_H
#define SBX_LOADER_OUTPUT_STAGE_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "loader/base/directory.h"
#include "loader/output/stage.h"

enum sbx_stage_owner { SBX_OWNER_TARGET, SBX_OWNER_OURS, SBX_OWNER_PARTLY_OURS };

/* dir/name, in fresh memory. */
char *sbx_stage_path(const char *dir, const char *name);

/* Who has made it: mount points, the directories that lead to them and the links of the plan are our own. */
enum sbx_stage_owner sbx_stage_owner(const struct sbx_plan *plan, const char *path, const struct stat *st);

/*
 * The entries of a directory, one after the other, in the room of one: the target may have made very many. Until the
 * end, an error, or sbx_interrupted().
 */
struct sbx_stage_walk {
	struct sbx_entries entries;
	const char *name; /* the entry's */
	char *path;       /* dir/name */
	size_t dir, room; /* as much of it is the directory's, with a slash; and as large it may get */
	int errnum;       /* why there may be more; 0 for none, and when interrupted */
};

/* `fd`: the directory, which stays open and is read from its start; -1: errno says why it can't be. Called `dir`. */
void sbx_stage_walk(struct sbx_stage_walk *walk, int fd, const char *dir);

/* The next entry; false, and the walk is over. */
bool sbx_stage_walk_next(struct sbx_stage_walk *walk);

/* Is there nothing in the directory? False as well when that can't be told. */
bool sbx_stage_empty(int fd);

/* Does the name fit one of the patterns of the directory's outputs? */
bool sbx_stage_fits(const struct sbx_stage_dir *dir, const char *name);

/* "WHAT: the error", in memory that lasts: what fails for very many names in the same way is said in the same words. */
const char *sbx_stage_failure(const char *what, int errnum);

#endif
