/* SPDX-License-Identifier: MIT */
/*
 * address_scope.h -- which addresses a name may lead to.
 */
#ifndef SBX_LOADER_NET_ADDRESS_SCOPE_H
#define SBX_LOADER_NET_ADDRESS_SCOPE_H

#include <netinet/in.h>
#include <stdbool.h>

/*
 * Is that an address of the public network, in itself and not by what it stands for? Private, loopback, link-local,
 * multicast and documentation's are not, nor those that hold an IPv4 address: mapped, translated, 6to4, Teredo. IPv4 in
 * its mapped form is judged as what it is.
 */
bool sbx_address_is_global(const struct in6_addr *address);

/* Would the host itself be at the other end? Also where that can't be told. */
bool sbx_address_is_own(const struct in6_addr *address);

#endif
