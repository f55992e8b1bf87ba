/* SPDX-License-Identifier: MIT */
/*
 * relay_protocol.h -- what pump, connector and loader say to each other: messages of fixed size on SOCK_SEQPACKET.
 *
 * The connector takes the pump for hostile, as the pump reads what hostile programs send; the loader does, too.
 */
#ifndef SBX_LOADER_NET_RELAY_PROTOCOL_H
#define SBX_LOADER_NET_RELAY_PROTOCOL_H

#include <stdint.h>

#include "shim/host_entry.h"

/* The descriptors that sbx-relay is started with, from SBX_RELAY_FD on. */
#define SBX_RELAY_FD 3
enum {
	SBX_RELAY_FD_LINK,    /* between pump and connector */
	SBX_RELAY_FD_HOSTS,   /* a sealed file: struct sbx_host_entry[] */
	SBX_RELAY_FD_CONTROL, /* the pump's to the loader */
	SBX_RELAY_FD_PIDFD,   /* the pump's: the sandbox's first process */
	SBX_RELAY_FDS
};

#define SBX_RELAY_CONNECTIONS_MAX 256u
#define SBX_RELAY_REFUSALS_MAX 16u
#define SBX_RELAY_NAME_MAX 64u /* of a name that is told */

/* Pump to connector: connect to this entry. */
struct sbx_relay_request {
	uint32_t id;
	uint32_t entry;                    /* of net.hosts */
	uint8_t address[SBX_HOST_ADDRESS]; /* which one, where the entry is an address or a network */
};

/* Connector to pump, with the connected socket or the reason why there is none. Its first, of id SBX_RELAY_HELLO: it
 * is there. */
#define SBX_RELAY_HELLO UINT32_MAX
struct sbx_relay_reply {
	uint32_t id;
	uint32_t reason; /* enum sbx_relay_reason, where there is no socket */
	int32_t error;   /* an errno value, or 0 */
};

/* Why a connection, or a question for a name, came to nothing. X(id, words) */
#define SBX_RELAY_REASONS(X)                                                    \
	X(ADDRESS, "no host of net.hosts")                                      \
	X(PORT, "not on this port")                                             \
	X(NAME, "another name than the one that is allowed")                    \
	X(NO_TLS, "not TLS, and on port 443 nothing else is allowed")           \
	X(NO_NAME, "its TLS names no host")                                     \
	X(HIDDEN_NAME, "its TLS hides the name of the host")                    \
	X(LOOKUP, "no host of net.hosts is called so")                          \
	X(RESOLVE, "its name can't be looked up")                               \
	X(NOT_GLOBAL, "its address is of a private network or of this machine") \
	X(CONNECT, "the connection failed")                                     \
	X(TIME, "no answer in time")
enum sbx_relay_reason {
#define X(id, words) SBX_RELAY_##id,
	SBX_RELAY_REASONS(X)
#undef X
		SBX_RELAY__COUNT
};

/* Pump to loader. UNTRUSTED: a program inside has chosen the name, and may have taken the pump over. */
struct sbx_relay_refusal {
	uint32_t reason; /* enum sbx_relay_reason */
	uint32_t entry;  /* of net.hosts, or UINT32_MAX */
	int32_t error;   /* an errno value, or 0 */
	uint16_t port;
	uint16_t pad;
	uint8_t address[SBX_HOST_ADDRESS]; /* where there is no name */
	char name[SBX_RELAY_NAME_MAX];     /* or "" */
};

/* Pump to loader, first: all is there. */
#define SBX_RELAY_READY 'R'

#endif
