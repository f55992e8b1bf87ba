/* SPDX-License-Identifier: MIT */
/*
 * conf/seccomp -- from a set of system calls to a filter: names and groups, rules on arguments, instructions.
 *
 * Used by: config (names only), compile, commands.
 * Touches: nothing; libseccomp compiles in memory.
 * Includes: conf/base conf/bpf shim
 */
#ifndef SBX_CONF_SECCOMP_SECCOMP_H
#define SBX_CONF_SECCOMP_SECCOMP_H

#endif
