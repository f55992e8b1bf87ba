/* SPDX-License-Identifier: MIT */
/*
 * pump_network.h -- the network that the command sees: a loopback interface with an address for each host.
 */
#ifndef SBX_LOADER_NET_PUMP_NETWORK_H
#define SBX_LOADER_NET_PUMP_NETWORK_H

#include <stddef.h>

#include "shim/host_entry.h"

#define SBX_PUMP_LISTENERS_MAX (2 * SBX_HOSTS_MAX)

struct sbx_pump_network {
	int listeners[SBX_PUMP_LISTENERS_MAX]; /* of TCP, non-blocking */
	size_t count;
	int names; /* UDP, port 53 of 127.0.0.1 */
};

/*
 * Join the `namespaces` (CLONE_NEW*) of the process that `pidfd` is, bring its loopback up, make the entries' addresses
 * local to it, and listen on their ports. 0, or -1 with errno set and *what saying where.
 */
int sbx_pump_network(struct sbx_pump_network *network, int pidfd, int namespaces, const struct sbx_host_entry *entries,
		     size_t count, const char **what);

#endif
