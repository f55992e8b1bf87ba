/* SPDX-License-Identifier: MIT */
/*
 * path_grants.h -- the paths that the policy and the base grants name, resolved on this host.
 */
#ifndef SBX_CONF_COMPILE_PATH_GRANTS_H
#define SBX_CONF_COMPILE_PATH_GRANTS_H

#include "conf/compile/build.h"

/* Into build->places, symlinks and late. Returns 0, or -1 with errors added. */
int sbx_path_grants_build(struct sbx_build *build);

/*
 * Grant what exists at `path`, for SBX_PLACE_*. Returns its canonical path, or NULL with errno; then nothing has been
 * noted.
 */
const char *sbx_path_grants_add(struct sbx_build *build, const char *path, unsigned int use, bool required);

#endif
