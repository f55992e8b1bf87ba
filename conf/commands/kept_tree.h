/* SPDX-License-Identifier: MIT */
/*
 * kept_tree.h -- trees that a command has made, before they are moved or removed.
 */
#ifndef SBX_CONF_COMMANDS_KEPT_TREE_H
#define SBX_CONF_COMMANDS_KEPT_TREE_H

#include <stdint.h>
#include <stdbool.h>

/* UNTRUSTED, all of it: what is in the open directory. The bytes of its files. */
uint64_t sbx_kept_size(int fd);

/* parent/name loses setuid and setgid bits, and so does what is in it. Why it may not be moved, or NULL.
 */
const char *sbx_kept_tame(int parent, const char *name);

/* Remove all that is in it; false when something is left. */
bool sbx_kept_clear(int fd);

/* Call `each` for every name in it but . and .., as long as that returns true. */
bool sbx_kept_each(int fd, bool (*each)(int fd, const char *name, void *arg), void *arg);

#endif
