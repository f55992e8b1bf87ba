/* SPDX-License-Identifier: MIT */
/*
 * seccomp.h -- installing one seccomp filter; seccomp(2).
 */
#ifndef SBX_SHIM_SECCOMP_H
#define SBX_SHIM_SECCOMP_H

#include "shim/blob.h"
#include "shim/steps.h"

/*
 * Install `span` of the (checked) `blob`, a struct sock_filter[], on every thread of the process. Needs no_new_privs.
 * An empty span installs nothing. Returns 0, or -1 with err filled; then no thread has the filter.
 */
int sbx_seccomp_apply(const void *blob, struct sbx_span span, struct sbx_err *err);

#endif
