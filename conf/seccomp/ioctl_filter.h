/* SPDX-License-Identifier: MIT */
/*
 * ioctl_filter.h -- the part of a filter that decides by the request of ioctl(2).
 */
#ifndef SBX_CONF_SECCOMP_IOCTL_FILTER_H
#define SBX_CONF_SECCOMP_IOCTL_FILTER_H

#include "conf/seccomp/filter_compile.h"

/* Behind what `filter` has: what follows never sees an ioctl(2) that the set has. */
void sbx_ioctl_filter_append(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter);

#endif
