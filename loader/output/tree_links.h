/* SPDX-License-Identifier: MIT */
/*
 * tree_links.h -- a directory that a command is to move or remove, as it is seen in a stage: its directories made anew,
 * with links to all that is in them. What the command removes there is removed from the host's afterwards, by the list
 * of what it was shown: what has come since stays.
 */
#ifndef SBX_LOADER_OUTPUT_TREE_LINKS_H
#define SBX_LOADER_OUTPUT_TREE_LINKS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "loader/base/vec.h"

struct sbx_tree {
	const char *name;
	struct stat seen;  /* the host's */
	struct stat made;  /* in the stage; of a file the host's, which is linked */
	struct sbx_vec in; /* struct sbx_tree, of a directory */
};

/*
 * The directory from/name, which was seen as `st`, linked into `to`. Returns 1; 0 when it can't be had so (another file
 * system's, others' files that may not be linked, too many or too deep): then nothing is left; or -1 with errno.
 */
int sbx_tree_link(int from, int to, const char *name, const struct stat *st, struct sbx_tree *tree);

/*
 * Remove from host/NAME what is no longer in stage/`name`; all of it where that is NULL. Returns NULL, or why it could
 * not be, or not be all: sbx_interrupted(). Whatever the target has added is found by sbx_tree_grown() before.
 */
const char *sbx_tree_prune(int host, const struct sbx_tree *tree, int stage, const char *name);

/* UNTRUSTED: the directory stage/name. Is there something in it that wasn't put there? That isn't known when it is
 * sbx_interrupted(). */
bool sbx_tree_grown(int stage, const char *name, const struct sbx_tree *tree);

#endif
