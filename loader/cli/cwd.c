/* SPDX-License-Identifier: MIT */
/*
 * cwd.c -- getcwd(2), chdir(2).
 */
#include "loader/cli/cwd.h"

#include <errno.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "shim/err.h"

int sbx_cwd_enter(struct sbx_cwd *cwd, struct sbx_options *options, struct sbx_err *err)
{
	const char *dir = options->chdir;

	cwd->origin = sbx_getcwd();
	if (dir && cwd->origin && options->config && options->config[0] != '/')
		options->config = sbx_join(cwd->origin, "/", options->config);
	if (dir && chdir(dir) < 0) {
		cwd->only_inside = dir[0] == '/' && errno == ENOENT;
		cwd->path = sbx_strdup(dir);
		return cwd->only_inside ? 0 : sbx_err_set(err, SBX_STEP_CHDIR, errno, dir);
	}
	cwd->path = dir ? sbx_getcwd() : cwd->origin;
	if (!cwd->path)
		return sbx_err_set(err, SBX_STEP_CHDIR, ENOENT, "the current directory");
	if (!cwd->origin)
		cwd->origin = cwd->path;
	return 0;
}
