/* SPDX-License-Identifier: MIT */
/*
 * preload.h -- the libraries that are mapped before the latch.
 */
#ifndef SBX_CONF_COMPILE_PRELOAD_H
#define SBX_CONF_COMPILE_PRELOAD_H

#include "conf/compile/build.h"

/* Find them, grant each, and put them into build->preload. Returns 0, or -1 with errors added. */
int sbx_preload_build(struct sbx_build *build);

/* What is, or isn't, at `path` decided something: its modification time, 0 when nothing is there, is kept. */
void sbx_preload_watch(struct sbx_build *build, const char *path);

#endif
