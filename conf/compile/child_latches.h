/* SPDX-License-Identifier: MIT */
/*
 * child_latches.h -- what the programs that the command starts stack on themselves.
 */
#ifndef SBX_CONF_COMPILE_CHILD_LATCHES_H
#define SBX_CONF_COMPILE_CHILD_LATCHES_H

#include "conf/compile/build.h"

/*
 * The table of children into build->children, where the policy asks for it and the command can execute anything. Comes
 * before what depends on there being one. Returns 0, or -1 with errors added.
 */
int sbx_child_latches_build(struct sbx_build *build, const struct sbx_config *config);

#endif
