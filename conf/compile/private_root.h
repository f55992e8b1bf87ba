/* SPDX-License-Identifier: MIT */
/*
 * private_root.h -- the private root as a list of mounts.
 */
#ifndef SBX_CONF_COMPILE_PRIVATE_ROOT_H
#define SBX_CONF_COMPILE_PRIVATE_ROOT_H

#include "conf/compile/build.h"

/* Into build->mounts; nothing without a private root. Returns 0, or -1 with errors added. */
int sbx_private_root_build(struct sbx_build *build);

#endif
