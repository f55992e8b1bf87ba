/* SPDX-License-Identifier: MIT */
/*
 * inherited_filter.h -- a small filter for runs whose descriptors could do more than the policy grants.
 */
#ifndef SBX_LOADER_SECCOMP_INHERITED_FILTER_H
#define SBX_LOADER_SECCOMP_INHERITED_FILTER_H

#include "loader/base/inherited.h"
#include "shim/steps.h"

#include <stddef.h>

#include <linux/filter.h>

#define SBX_INHERITED_FILTER_MAX 256

/* The filter for those `kinds` that `inherited` has, on `arch` (AUDIT_ARCH_*), into `insns`. Returns its length; 0:
 * none is needed. */
size_t sbx_inherited_filter(const struct sbx_inherited *inherited, unsigned int kinds, uint32_t arch,
			    struct sock_filter insns[SBX_INHERITED_FILTER_MAX]);

/* Install it on the calling process, which has no_new_privs and one thread. The last thing before exec: the loader's
 * own messages are among what it denies. */
int sbx_inherited_filter_apply(const struct sbx_inherited *inherited, uint32_t arch, struct sbx_err *err);

/* Where SBX_INHERITED_ASKED is among the kinds: install the part that asks, and send its listener over `channel`, as
 * sbx_listener_install() does. sbx_inherited_answer() answers. */
int sbx_inherited_filter_ask(const struct sbx_inherited *inherited, uint32_t arch, int channel, struct sbx_err *err);

#endif
