/* SPDX-License-Identifier: MIT */
/*
 * kernel_probe.h -- trying the kernel's mechanisms in a child, for doctor: what works for this user, here and now.
 */
#ifndef SBX_CONF_COMMANDS_KERNEL_PROBE_H
#define SBX_CONF_COMMANDS_KERNEL_PROBE_H

#include <stdint.h>

/* Each returns 0, or the errno that stood in the way. */
int sbx_kernel_probe_namespaces(uint32_t clone_flags); /* new ones, with a user namespace */
int sbx_kernel_probe_proc(void);                       /* a fresh proc in new namespaces */
int sbx_kernel_probe_nesting(void);                    /* user.max_user_namespaces = 0 in a new user namespace */
int sbx_kernel_probe_seccomp(void);                    /* filters, with KILL_PROCESS */
int sbx_kernel_probe_mount_api(void);                  /* open_tree(2), mount_setattr(2) */
int sbx_kernel_probe_keyring(void);                    /* a new session keyring */

#endif
