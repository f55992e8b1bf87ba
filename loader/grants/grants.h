/* SPDX-License-Identifier: MIT */
/*
 * loader/grants -- the late grants: what options, arguments and the working directory add to the plan.
 *
 * Used by: main.c.
 * Touches: the host's files, looked at only. UNTRUSTED: argv.
 * Includes: loader/argv loader/base loader/cli loader/output loader/plan loader/policy shim
 */
#ifndef SBX_LOADER_GRANTS_GRANTS_H
#define SBX_LOADER_GRANTS_GRANTS_H

#endif
