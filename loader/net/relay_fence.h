/* SPDX-License-Identifier: MIT */
/*
 * relay_fence.h -- what holds the pump, which reads what hostile programs send.
 */
#ifndef SBX_LOADER_NET_RELAY_FENCE_H
#define SBX_LOADER_NET_RELAY_FENCE_H

/*
 * Give up everything but the descriptors that are open: no capability, no file, no new socket, no new process, no
 * executable memory. Returns 0, or -1: then the caller ends.
 */
int sbx_relay_fence(void);

#endif
