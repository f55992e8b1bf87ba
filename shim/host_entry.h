/* SPDX-License-Identifier: MIT */
/*
 * host_entry.h -- one entry of net.hosts: whom a command may connect to by name. The compiler reads it and gives its
 * name an address inside; the loader hands the entries of the blob to both halves of the relay as they are.
 */
#ifndef SBX_SHIM_HOST_ENTRY_H
#define SBX_SHIM_HOST_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SBX_HOSTS_MAX 256        /* entries of a policy */
#define SBX_HOST_NAME_MAX 253    /* of a name, in bytes: RFC 1035 */
#define SBX_HOST_NET 0xc6120000u /* 198.18.0.0/15, RFC 2544: the addresses of names inside */
#define SBX_HOST_NET_BITS 15
#define SBX_HOST_TLS_PORT 443
#define SBX_HOST_ADDRESS 16

enum sbx_host_kind {
	SBX_HOST_NAMED,     /* a name that is looked up outside */
	SBX_HOST_ADDRESSED, /* an address, or a network of them */
	SBX_HOST_LOCAL,     /* localhost: the host's own loopback */
	SBX_HOST__COUNT
};

struct sbx_host_entry {
	uint32_t kind;                     /* enum sbx_host_kind */
	uint16_t port;                     /* not 0 */
	uint8_t prefix;                    /* the length of the network, in bits of `address` */
	uint8_t any;                       /* 1: whatever is spoken on port 443 */
	uint8_t address[SBX_HOST_ADDRESS]; /* IPv6, or IPv4 as ::ffff:a.b.c.d; what is behind the prefix is 0 */
	char name[SBX_HOST_NAME_MAX + 3];  /* in lower case; "" for an address */
};

/* Letters, digits, hyphens and dots, labels as RFC 1035 has them, no dot at the end: what may be looked up. */
bool sbx_host_name_ok(const char *name, size_t len);

/* Is that an entry as the compiler makes it? UNTRUSTED: every byte. */
bool sbx_host_entry_ok(const struct sbx_host_entry *entry);

/* The address inside of the i-th entry's name, in host byte order; 0 for one without a name. Entries of the same name
 * share one. */
uint32_t sbx_host_inside(const struct sbx_host_entry *entries, size_t i);

/* Is `address`, IPv4 in its mapped form, one of the entry's? */
bool sbx_host_covers(const struct sbx_host_entry *entry, const uint8_t address[SBX_HOST_ADDRESS]);

/* Is it IPv4 in its mapped form? */
bool sbx_host_is_four(const uint8_t address[SBX_HOST_ADDRESS]);

#endif
