/* SPDX-License-Identifier: MIT */
/*
 * user_paths.h -- who calls, by the passwd database and never by the environment; and the paths that depend on it.
 */
#ifndef SBX_CONF_CONFIG_USER_PATHS_H
#define SBX_CONF_CONFIG_USER_PATHS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/base/errors.h"

struct sbx_user {
	uid_t uid;
	gid_t gid;
	const char *name;
	const char *group;
	const char
		*home; /* as the database has it, without a / at the end; "" when there is none that could be mounted */
	const char *shell;
	bool known; /* has an entry in the user database */
};

/*
 * Returns -1 with an error added when the databases can't be asked, be they files or a service of nsswitch.conf(5); a
 * caller without entries has numbers for names.
 */
int sbx_user_get(struct sbx_errs *errs, struct sbx_user *user);

/*
 * The directory of the user's own config files, "" for a user without a home; NULL with an error added when that can't
 * be told. `xdg` is XDG_CONFIG_HOME or NULL: shim/home.h says where it counts; configuration beneath the home where
 * it doesn't is an error, too.
 */
const char *sbx_user_config_dir(struct sbx_errs *errs, const struct sbx_user *user, const char *xdg);

/* May a private file system stand there, may it be protected as a home: absolute, not / nor a directory of the system?
 */
bool sbx_user_home_ok(const char *home);

/* Where a path of the policy leads. */
struct sbx_where {
	const char *path; /* without doubled slashes; of a late one, what stands behind its variable */
	bool variable;    /* a variable stood in it: it grants no more than an argument could */
	bool late;        /* only the loader knows: it begins with $PWD, or with $ARG(n) */
	uint32_t arg;     /* n, or 0 for $PWD */
};

/*
 * Expand ~, $HOME and $UID in a path of the policy; $PWD and $ARG(n) are left to the loader. Returns NULL, or what is
 * wrong: it can't be expanded, or it would grant what no variable may name, which is a whole home, / or a top-level
 * directory.
 */
const char *sbx_path_expand(struct sbx_pool *pool, const struct sbx_user *user, const char *path,
			    struct sbx_where *where);

/* The length of the $ARG(n) that `path` begins with, or 0. */
size_t sbx_path_argument(const char *path, uint32_t *n);

#endif
