/* SPDX-License-Identifier: MIT */
/*
 * syscall_groups.h -- sets of system calls by name, number and @group.
 */
#ifndef SBX_CONF_SECCOMP_SYSCALL_GROUPS_H
#define SBX_CONF_SECCOMP_SYSCALL_GROUPS_H

#include <stdbool.h>

#include "conf/base/did_you_mean.h"
#include "conf/base/errors.h"

#define SBX_SYSCALL_MAX 1024 /* numbers that any architecture uses are below */
#define SBX_SYSCALL_NAME_MAX 40
#define SBX_SYSCALL_UNKNOWN (-1) /* nobody knows that name */
#define SBX_SYSCALL_ABSENT (-2)  /* this machine doesn't have it */

enum sbx_call {
	SBX_CALL_DENIED,
	SBX_CALL_THREADS, /* clone: for threads only */
	SBX_CALL_ALLOWED
};
struct sbx_syscalls {
	unsigned char nr[SBX_SYSCALL_MAX]; /* enum sbx_call */
};

/* The number of a call on this machine, or SBX_SYSCALL_UNKNOWN or _ABSENT. */
int sbx_syscall_number(const char *name);

/* Does the number have a name here? The filters answer ENOSYS to the others. */
bool sbx_syscall_known(int nr);

/* Its name here, perhaps in `buf`, or NULL when it has none. */
const char *sbx_syscall_name(int nr, char buf[SBX_SYSCALL_NAME_MAX]);

/* May no policy allow it? For a group: is there nothing in it that a policy may allow? */
bool sbx_syscall_hard(const char *name);
bool sbx_group_hard(const char *name);

/* Add a call or an @group. Returns -1 when nobody knows the name; what this machine lacks is passed over. */
int sbx_syscalls_add(struct sbx_syscalls *set, const char *name);

/* Take `what` out of `set`, and the newer calls that do the same. */
void sbx_syscalls_remove(struct sbx_syscalls *set, const struct sbx_syscalls *what);

/* The same with calls and @groups that spaces separate; one that nobody knows is passed over. */
void sbx_syscalls_add_words(struct sbx_syscalls *set, const char *words);
void sbx_syscalls_remove_words(struct sbx_syscalls *set, const char *words);

/* Is the call in the set, if only for threads? */
bool sbx_syscalls_have(const struct sbx_syscalls *set, const char *name);

/* Take out what no policy may allow. */
void sbx_syscalls_harden(struct sbx_syscalls *set);

/* Offer every name that might have been meant. */
void sbx_syscalls_offer(struct sbx_nearest *nearest, struct sbx_pool *pool);

#endif
