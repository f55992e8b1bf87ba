/* SPDX-License-Identifier: MIT */
/*
 * loader/policy -- which policy a run gets: the command's file, its names, the profile, the cache, the compiler.
 *
 * Used by: grants, root, run, main.c.
 * Touches: the cache and the configuration's files, for reading; starts sbx-policy. UNTRUSTED: the command's file,
 * cache entries.
 * Includes: loader/argv loader/base loader/cli shim
 */
#ifndef SBX_LOADER_POLICY_POLICY_H
#define SBX_LOADER_POLICY_POLICY_H

#endif
