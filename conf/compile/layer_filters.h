/* SPDX-License-Identifier: MIT */
/*
 * layer_filters.h -- the seccomp filters of floor, latch and reaper.
 */
#ifndef SBX_CONF_COMPILE_LAYER_FILTERS_H
#define SBX_CONF_COMPILE_LAYER_FILTERS_H

#include "conf/compile/build.h"
#include "conf/seccomp/filter_compile.h"

/* Into build->floor, latch and reaper, and those with which the loader decides. Returns 0, or -1 with errors added. */
int sbx_layer_filters_build(struct sbx_build *build);

/* The latch's filter of a program that the command starts, by its profile and where the command runs. */
void sbx_layer_filters_child_spec(const struct sbx_build *build, struct sbx_filter_spec *spec);

#endif
