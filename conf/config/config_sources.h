/* SPDX-License-Identifier: MIT */
/*
 * config_sources.h -- which files make the configuration, in which order, and which of them are to be trusted.
 */
#ifndef SBX_CONF_CONFIG_CONFIG_SOURCES_H
#define SBX_CONF_CONFIG_CONFIG_SOURCES_H

#include "conf/config/policy.h"

/* The built-in text of a shipped file. */
struct sbx_builtin {
	const char *name; /* as errors call it */
	const char *text;
};
const struct sbx_builtin *sbx_builtins(size_t *count);

/* Parse the built-in defaults. Returns -1 with errors added (never, in a build that passed its tests). */
int sbx_source_builtin(struct sbx_config *config);

/*
 * Read the file `path` and parse it. It must be a regular file that belongs to root or the caller and that nobody else
 * can write or replace. With `optional`, a file that doesn't exist is no error. Returns -1 with errors added.
 */
int sbx_source_file(struct sbx_config *config, const char *path, bool optional);

/*
 * Everything: built-in, /etc/sbx.conf, /etc/sbx.conf.d/ *.conf, then the same two in `user`, the user's own directory
 * ("" for none); or built-in and `file` alone, when it isn't NULL. Of a directory each file that ends in .conf and
 * doesn't begin with a dot is read, in the order of their bytes. Inside a sandbox the texts stand that its own policy
 * was made of, in place of all four.
 */
int sbx_source_load(struct sbx_config *config, const char *file, const char *user, bool nested);

#endif
