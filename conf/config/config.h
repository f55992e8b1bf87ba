/* SPDX-License-Identifier: MIT */
/*
 * conf/config -- the configuration: which files, their grammar, keys and values, profiles and what they inherit.
 *
 * Used by: compile, commands.
 * Touches: the configuration's files, for reading. UNTRUSTED: their text.
 * Includes: conf/base conf/seccomp shim
 */
#ifndef SBX_CONF_CONFIG_CONFIG_H
#define SBX_CONF_CONFIG_CONFIG_H

#endif
