/* SPDX-License-Identifier: MIT */
/*
 * seccomp_listener.h -- the fenced side of asking: a filter that sends calls to the waiting loader; seccomp_unotify(2).
 */
#ifndef SBX_LOADER_SECCOMP_SECCOMP_LISTENER_H
#define SBX_LOADER_SECCOMP_SECCOMP_LISTENER_H

#include "shim/steps.h"

#include <linux/filter.h>

/*
 * Install the filter `prog` on this process, which must have one thread, and hand its listener to the waiting loader
 * over `channel` (SBX_MSG_LISTENER). From then on the loader answers. Returns 0, or -1 with err.
 */
int sbx_listener_install(const struct sock_fprog *prog, int channel, struct sbx_err *err);

#endif
