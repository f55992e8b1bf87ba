/* SPDX-License-Identifier: MIT */
/*
 * git_config.h -- git-config(1) files as git reads them, and which of their settings make git execute something.
 */
#ifndef SBX_LOADER_GUARD_GIT_CONFIG_H
#define SBX_LOADER_GUARD_GIT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "loader/base/vec.h"

struct sbx_git_setting {
	const char *section, *sub, *key; /* in small letters but for sub, which is NULL where there is none */
	const char *value;
	size_t from, to; /* in the text: the key with its value */
};

struct sbx_git_config {
	char *text;
	size_t len;
	struct sbx_vec settings; /* struct sbx_git_setting */
};

/*
 * UNTRUSTED: the file `name` in `dir`. Returns 0; or -1 with errno, EINVAL for what is no plain file, is too large or
 * can't be read as git reads it: git gives up there, too.
 */
int sbx_git_config_read(int dir, const char *name, struct sbx_git_config *config);

/* Does it name something that git executes, or where it looks for more settings? */
bool sbx_git_config_executes(const struct sbx_git_setting *setting);

/* section.sub.key=value */
char *sbx_git_config_text(const struct sbx_git_setting *setting);

#endif
