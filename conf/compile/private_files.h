/* SPDX-License-Identifier: MIT */
/*
 * private_files.h -- files of the private root that no file of the host's stands behind.
 */
#ifndef SBX_CONF_COMPILE_PRIVATE_FILES_H
#define SBX_CONF_COMPILE_PRIVATE_FILES_H

#include "conf/compile/build.h"

/* Append them to build->mounts. */
void sbx_private_files_build(struct sbx_build *build);

#endif
