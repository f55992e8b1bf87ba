/* SPDX-License-Identifier: MIT */
/*
 * config_sources.h -- which files decide a policy, and by what they are told apart: for the cache's key.
 */
#ifndef SBX_LOADER_POLICY_CONFIG_SOURCES_H
#define SBX_LOADER_POLICY_CONFIG_SOURCES_H

#include <stdbool.h>
#include <sys/types.h>

#include "loader/base/vec.h"

/* Where the user's own config files are. Fresh memory. */
struct sbx_user_config {
	const char *dir; /* "" where no database knows a home */
	const char *
		unread; /* a directory of them that the environment names and that doesn't count; NULL: there is none */
	bool open;      /* XDG_CONFIG_HOME leads to where anything may have been written: SBX_HOME_CONFIG_OPEN */
};

/*
 * $XDG_CONFIG_HOME/sbx where that counts (shim/home.h), else ~/.config/sbx. `home`: by the passwd database, or NULL.
 * Returns -1 with errno when that can't be told. sbx.conf(5).
 */
int sbx_sources_user(const char *home, struct sbx_user_config *user);

/*
 * Append (char *, fresh memory) what a file is, so that any change to it, and its coming and going, changes the text.
 * What can't be looked at is another file each time. Its mode, or 0 when nothing is there.
 */
mode_t sbx_sources_identity(struct sbx_vec *list, const char *path);

/* Append the identity of every config file and of those absent: of `file` alone unless it is NULL; `user` as above. */
void sbx_sources_add(struct sbx_vec *list, const char *file, const char *user);

#endif
