/* SPDX-License-Identifier: MIT */
/*
 * loader/output -- outputs that the command names: staged before the run, committed after it.
 *
 * Used by: grants, run, main.c.
 * Touches: staging directories, and the named outputs when they are moved into place; by descriptor, never through
 * a link.
 * UNTRUSTED: everything that the command left in a staging directory.
 * Includes: loader/argv loader/base loader/plan shim
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_H
#define SBX_LOADER_OUTPUT_OUTPUT_H

#endif
