/* SPDX-License-Identifier: MIT */
/*
 * loader/argv -- what the command's own arguments mean by the profile's grammar, and the output names derived from
 * them.
 *
 * Used by: policy, output, grants.
 * Touches: nothing; pure functions. UNTRUSTED: every argument.
 * Includes: loader/base shim
 */
#ifndef SBX_LOADER_ARGV_ARGV_H
#define SBX_LOADER_ARGV_ARGV_H

#endif
