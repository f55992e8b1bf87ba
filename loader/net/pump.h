/* SPDX-License-Identifier: MIT */
/*
 * pump.h -- the half of the relay that stands in the command's network namespace.
 */
#ifndef SBX_LOADER_NET_PUMP_H
#define SBX_LOADER_NET_PUMP_H

#include <event2/event.h>
#include <stdbool.h>

#include "loader/net/pump_network.h"
#include "loader/net/relay_protocol.h"

struct sbx_connection;

struct sbx_pump {
	struct event_base *base;
	const struct sbx_host_entry *entries;
	size_t entry_count;
	int link, control; /* to the connector, to the loader */
	struct event *accepts[SBX_PUMP_LISTENERS_MAX], *again;
	size_t accept_count;
	struct sbx_connection *connections[SBX_RELAY_CONNECTIONS_MAX];
	size_t connection_count;
	uint32_t next_id;
	struct sbx_relay_refusal told[SBX_RELAY_REFUSALS_MAX];
	size_t told_count;
};

/* Run until the loader or the connector is gone. `link`, `control` and `pidfd` are taken over. Never returns 0. */
int sbx_pump_run(int link, int control, int pidfd, int namespaces, const struct sbx_host_entry *entries, size_t count);

/* As much of the name as there is room for; the rest stays 0: refusals are compared as bytes. */
static inline void sbx_pump_name(struct sbx_relay_refusal *refusal, const char *name)
{
	for (size_t i = 0; name[i] && i + 1 < sizeof(refusal->name); i++)
		refusal->name[i] = name[i];
}

/* Tell the loader, once each. */
void sbx_pump_tell(struct sbx_pump *pump, const struct sbx_relay_refusal *refusal);

/* There is room for another connection, or none any more. */
void sbx_pump_listen(struct sbx_pump *pump, bool on);

#endif
