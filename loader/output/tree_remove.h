/* SPDX-License-Identifier: MIT */
/*
 * tree_remove.h -- reads and removes a tree that somebody else has filled.
 */
#ifndef SBX_LOADER_OUTPUT_TREE_REMOVE_H
#define SBX_LOADER_OUTPUT_TREE_REMOVE_H

#include <stdbool.h>

/* UNTRUSTED: what is at the name. Opens the directory parent/name for reading, made usable (0700); -1 when it is none.
 */
int sbx_tree_open(int parent, const char *name);

/*
 * UNTRUSTED: all that is in it. Remove the directory parent/name, open as `stage`, however deep it is and whatever its
 * modes. False when something could not be removed, or sbx_interrupted() says so.
 */
bool sbx_tree_remove(int parent, const char *name, int stage);

#endif
