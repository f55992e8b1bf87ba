/* SPDX-License-Identifier: MIT */
/*
 * profile_widens.h -- does a profile allow anything that the default doesn't? Such a one is never chosen by a name
 * alone.
 */
#ifndef SBX_CONF_COMPILE_PROFILE_WIDENS_H
#define SBX_CONF_COMPILE_PROFILE_WIDENS_H

#include "conf/config/policy.h"

/* --set counts for neither: it is the caller's own word, for whatever profile. What can't be resolved widens. */
bool sbx_profile_widens(const struct sbx_config *config, const char *name);

#endif
