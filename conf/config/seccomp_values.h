/* SPDX-License-Identifier: MIT */
/*
 * seccomp_values.h -- checks of the items of the lists in the group seccomp.
 */
#ifndef SBX_CONF_CONFIG_SECCOMP_VALUES_H
#define SBX_CONF_CONFIG_SECCOMP_VALUES_H

#include "conf/config/config_values.h"

/* Is it a system call or a group of them, or a request of ioctl(2)? -1 with an error added. */
int sbx_value_syscall(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item);
int sbx_value_ioctl(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item);

#endif
