/* SPDX-License-Identifier: MIT */
/*
 * address_scope.c -- IANA's registries of special-purpose addresses, RFC 6890: what isn't marked as globally reachable
 * there.
 */
#include "loader/net/address_scope.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	uint32_t network;
	unsigned int bits;
} four[] = {
	{ 0x00000000, 8 },  /* this network */
	{ 0x0a000000, 8 },  /* private */
	{ 0x64400000, 10 }, /* shared: carriers' NAT */
	{ 0x7f000000, 8 },  /* loopback */
	{ 0xa9fe0000, 16 }, /* link-local, where clouds keep metadata */
	{ 0xac100000, 12 }, /* private */
	{ 0xc0000000, 24 }, /* protocol assignments */
	{ 0xc0000200, 24 }, /* documentation */
	{ 0xc0586300, 24 }, /* 6to4 relays */
	{ 0xc0a80000, 16 }, /* private */
	{ 0xc6120000, 15 }, /* benchmarking; the relay's own */
	{ 0xc6336400, 24 }, /* documentation */
	{ 0xcb007100, 24 }, /* documentation */
	{ 0xe0000000, 3 },  /* multicast, reserved, broadcast */
};

/* Within 2000::/3, all that is public. */
static const struct {
	uint8_t network[6];
	unsigned int bits;
} six[] = {
	{ { 0x20, 0x01, 0x00, 0x00 }, 23 }, /* protocol assignments: Teredo, ORCHID, benchmarking */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x20, 0x02 }, 16 },             /* 6to4 */
	{ { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

static bool has_prefix(const uint8_t *address, const uint8_t *network, unsigned int bits)
{
	const unsigned int whole = bits / 8, rest = bits % 8;

	return memcmp(address, network, whole) == 0 &&
	       (!rest || !((address[whole] ^ network[whole]) & (uint8_t)(0xff00u >> rest)));
}

bool sbx_address_is_global(const struct in6_addr *address)
{
	uint32_t host;

	if (IN6_IS_ADDR_V4MAPPED(address)) {
		memcpy(&host, address->s6_addr + 12, sizeof(host));
		host = ntohl(host);
		for (size_t i = 0; i < sizeof(four) / sizeof(four[0]); i++)
			if (!((host ^ four[i].network) >> (32 - four[i].bits)))
				return false;
		return true;
	}
	if (address->s6_addr[0] >> 5 != 1)
		return false;
	for (size_t i = 0; i < sizeof(six) / sizeof(six[0]); i++)
		if (has_prefix(address->s6_addr, six[i].network, six[i].bits))
			return false;
	return true;
}

/* What can be bound is local, whichever interface or route makes it so. */
bool sbx_address_is_own(const struct in6_addr *address)
{
	const bool mapped = IN6_IS_ADDR_V4MAPPED(address);
	const int fd = socket(mapped ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in small = { .sin_family = AF_INET };
	const struct sockaddr_in6 large = { .sin6_family = AF_INET6, .sin6_addr = *address };
	bool own = true;

	memcpy(&small.sin_addr, address->s6_addr + 12, sizeof(small.sin_addr));
	if (fd < 0)
		return true;
	if (bind(fd, mapped ? (const void *)&small : (const void *)&large, mapped ? sizeof(small) : sizeof(large)) < 0)
		own = errno != EADDRNOTAVAIL;
	close(fd);
	return own;
}
