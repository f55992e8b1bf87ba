/* SPDX-License-Identifier: MIT */
/*
 * protected_paths.h -- what no argument gets granted, nor a path that begins with a variable.
 */
#ifndef SBX_CONF_COMPILE_PROTECTED_PATHS_H
#define SBX_CONF_COMPILE_PROTECTED_PATHS_H

#include "conf/compile/build.h"

/* The table for the loader into build->protects, with `files`, the config files. Returns 0, or -1 with errors added. */
int sbx_protected_paths_build(struct sbx_build *build, const struct sbx_list *files);

/* Why an argument that named `path` would get nothing, as loader/plan has it; NULL when it would, or, with an error
 * added, when that can't be told. */
const char *sbx_protected_paths_reason(struct sbx_errs *errs, const struct sbx_protects *protects, const char *path);

#endif
