/* SPDX-License-Identifier: MIT */
/*
 * conf/base -- what sbx-policy is made of that knows no policy: memory, errors, a hash set.
 *
 * Used by: every room of conf.
 * Touches: nothing but standard error.
 * Includes: shim
 */
#ifndef SBX_CONF_BASE_BASE_H
#define SBX_CONF_BASE_BASE_H

#endif
