/*
 * allowed_calls.h -- the system calls that the policy leaves to what has latched.
 */
#ifndef SBX_CONF_COMPILE_ALLOWED_CALLS_H
#define SBX_CONF_COMPILE_ALLOWED_CALLS_H

#include "conf/compile/build.h"
#include "conf/seccomp/syscall_groups.h"

/* Add them to `set`. */
void sbx_build_allowed(const struct sbx_build *build, struct sbx_syscalls *set);

/* Take out of `set` what no policy can allow, and what none can under these circumstances. */
void sbx_build_harden(const struct sbx_build *build, struct sbx_syscalls *set);

/* May what has latched make the system call `name`? Execute a program? */
bool sbx_build_may_call(const struct sbx_build *build, const char *name);
bool sbx_build_may_exec(const struct sbx_build *build);

#endif
