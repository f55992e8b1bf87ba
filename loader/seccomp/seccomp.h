/* SPDX-License-Identifier: MIT */
/*
 * loader/seccomp -- system calls that wait for the loader's answer: the listener, the decision, the report.
 *
 * Used by: run, main.c.
 * Touches: the listener's descriptor. UNTRUSTED: the calls; only numbers and registers are looked at.
 * Includes: loader/base shim
 */
#ifndef SBX_LOADER_SECCOMP_SECCOMP_H
#define SBX_LOADER_SECCOMP_SECCOMP_H

#endif
