/* SPDX-License-Identifier: MIT */
/*
 * preload.h -- the libraries that are mapped before the latch.
 */
#ifndef SBX_CONF_COMPILE_PRELOAD_H
#define SBX_CONF_COMPILE_PRELOAD_H

#include "conf/compile/build.h"

/* Find them, grant each, and put them into build->preload. Returns 0, or -1 with errors added. */
int sbx_preload_build(struct sbx_build *build);

#endif
