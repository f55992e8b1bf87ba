/* SPDX-License-Identifier: MIT */
/*
 * allowed_calls.h -- the system calls that the policy leaves to what has latched.
 */
#ifndef SBX_CONF_COMPILE_ALLOWED_CALLS_H
#define SBX_CONF_COMPILE_ALLOWED_CALLS_H

#include "conf/compile/build.h"
#include "conf/seccomp/ioctl_requests.h"
#include "conf/seccomp/syscall_groups.h"

/* Add to `set`, which is empty, what the lists of the policy name. */
void sbx_allowed_calls_listed(const struct sbx_policy *policy, struct sbx_syscalls *set);

/* The same, hardened. */
void sbx_allowed_calls_add(const struct sbx_build *build, struct sbx_syscalls *set);

/* The requests of ioctl(2) that the policy names, and those that its devices bring. */
void sbx_allowed_calls_ioctls(const struct sbx_policy *policy, struct sbx_ioctls *ioctls);

/* Take out of `set` what no policy can allow, and what none can under these circumstances. */
void sbx_allowed_calls_harden(const struct sbx_build *build, struct sbx_syscalls *set);

/* May what has latched make the system call `name`? Execute a program? */
bool sbx_allowed_calls_have(const struct sbx_build *build, const char *name);
bool sbx_allowed_calls_have_exec(const struct sbx_build *build);

#endif
