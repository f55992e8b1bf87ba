/* SPDX-License-Identifier: MIT */
/*
 * cwd.h -- the working directory: the caller's, and the command's by --chdir.
 */
#ifndef SBX_LOADER_CLI_CWD_H
#define SBX_LOADER_CLI_CWD_H

#include <stdbool.h>

#include "loader/cli/options.h"

struct sbx_cwd {
	char *origin;     /* the caller's, canonical: what options' paths are relative to */
	char *path;       /* the command's: --chdir's, or the caller's */
	bool only_inside; /* path exists only in the private root */
};

/*
 * Step into --chdir's directory before anything is looked up, so that every relative name means what it means to the
 * command; --config stays relative to the caller's. A directory that is only inside (--tmpfs) is no place to look
 * anything up from. -1 with err.
 */
int sbx_cwd_enter(struct sbx_cwd *cwd, struct sbx_options *options, struct sbx_err *err);

#endif
