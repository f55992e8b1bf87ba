/* SPDX-License-Identifier: MIT */
/*
 * key_needs.h -- the system calls that a key of the policy can't do without.
 */
#ifndef SBX_CONF_COMPILE_KEY_NEEDS_H
#define SBX_CONF_COMPILE_KEY_NEEDS_H

#include "conf/config/policy.h"
#include "conf/seccomp/syscall_groups.h"

/*
 * Add to `set`, which holds what seccomp.allow and seccomp.deny leave, what the keys need that were given later than
 * these: an option or a profile that asks for the network has its sockets, whatever it inherits.
 */
void sbx_key_needs_add(const struct sbx_policy *policy, struct sbx_syscalls *set);

/* A key whose calls are taken away where the key itself was given would be void: adds errors. */
void sbx_key_needs_check(const struct sbx_policy *policy, struct sbx_errs *errs);

#endif
