/* SPDX-License-Identifier: MIT */
/*
 * loader/cli -- what the caller types and reads: options, messages with their hints, --timing.
 *
 * Used by: every room that gets options or reports. Trusts: argv is the caller's word, but is read as any bytes.
 * Touches: standard output and error.
 * Includes: loader/base shim
 */
#ifndef SBX_LOADER_CLI_CLI_H
#define SBX_LOADER_CLI_CLI_H

#endif
