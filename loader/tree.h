/*
 * tree.h -- removes a tree that somebody else has filled.
 */
#ifndef SBX_TREE_H
#define SBX_TREE_H

#include <stdbool.h>

/*
 * UNTRUSTED: all that is in it. Remove the directory parent/name, open as `stage`, however deep it is and whatever its modes.
 * False when something could not be removed.
 */
bool sbx_tree_remove(int parent, const char *name, int stage);

#endif
