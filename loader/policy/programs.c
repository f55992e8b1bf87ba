/* SPDX-License-Identifier: MIT */
/*
 * programs.c -- the programs of one build are together: in the build tree in one directory, installed as bin/ and
 * lib/sbx/.
 */
#include "loader/policy/programs.h"

#include <errno.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/nested.h"
#include "shim/err.h"
#include "shim/lookup.h"
#include "shim/paths.h"

static char *path_beside(const char *where, const char *name)
{
	static char *dir;
	struct stat st;

	if (!dir) {
		const char *self = sbx_target_self(&st);

		if (!self)
			return NULL;
		dir = sbx_dirname(self);
	}
	return sbx_join(dir, "/", where, name);
}

int sbx_programs_find(struct sbx_programs *programs, struct sbx_err *err)
{
	const char *lib = "";

	programs->nested = sbx_nested();
	programs->compiler = path_beside("", SBX_COMPILER_NAME);
	programs->shim = path_beside(lib, SBX_SHIM_NAME);
	if (programs->shim && access(programs->shim, F_OK) < 0) {
		if (!sbx_lookup_unreachable(errno))
			return sbx_err_set(err, SBX_STEP_SHIM, errno, programs->shim);
		lib = SBX_LIB_DIR;
		programs->shim = path_beside(lib, SBX_SHIM_NAME);
	}
	programs->scope = path_beside(lib, SBX_SCOPE_NAME);
	programs->relay = path_beside(lib, SBX_RELAY_NAME);
	if (programs->nested && programs->shim && access(SBX_INNER_SHIM, F_OK) == 0)
		programs->shim = sbx_strdup(SBX_INNER_SHIM);
	return programs->compiler && programs->shim ? 0 : sbx_err_set(err, SBX_STEP_COMPILE, errno, "/proc/self/exe");
}
