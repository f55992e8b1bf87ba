/* SPDX-License-Identifier: MIT */
/*
 * config_sources.h -- which files decide a policy, and by what they are told apart: for the cache's key.
 */
#ifndef SBX_LOADER_POLICY_CONFIG_SOURCES_H
#define SBX_LOADER_POLICY_CONFIG_SOURCES_H

#include <sys/types.h>

#include "loader/base/vec.h"

/*
 * The directory of the user's own config files as fresh memory: $XDG_CONFIG_HOME/sbx where that is a directory beneath
 * `home`, symlinks followed, else ~/.config/sbx; "" when `home` is NULL. NULL with errno when that can't be told.
 * sbx.conf(5).
 */
char *sbx_sources_user(const char *home);

/*
 * Append (char *, fresh memory) what a file is, so that any change to it, and its coming and going, changes the text.
 * What can't be looked at is another file each time. Its mode, or 0 when nothing is there.
 */
mode_t sbx_sources_identity(struct sbx_vec *list, const char *path);

/* Append the identity of every config file and of those absent: of `file` alone unless it is NULL; `user` as above. */
void sbx_sources_add(struct sbx_vec *list, const char *file, const char *user);

#endif
