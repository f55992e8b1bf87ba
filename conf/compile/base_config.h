/* SPDX-License-Identifier: MIT */
/*
 * base_config.h -- grants what programs of /usr are configured by, in /etc and /var/lib.
 */
#ifndef SBX_CONF_COMPILE_BASE_CONFIG_H
#define SBX_CONF_COMPILE_BASE_CONFIG_H

#include "conf/compile/build.h"

/* What fits the pattern. A look that fails is noted in the build's errors. */
void sbx_base_config_grant(struct sbx_build *build, const char *pattern);

#endif
