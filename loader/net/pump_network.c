/* SPDX-License-Identifier: MIT */
/*
 * pump_network.c -- done before anything of the command runs, by a process that has all capabilities in the command's
 * user namespace and none outside. rtnetlink(7), ip(7): connecting to an address of type local ends at our listeners,
 * and getsockname(2) tells which address was meant.
 */
#include "loader/net/pump_network.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#define BACKLOG 128
#define NAMES_PORT 53
#define MAPPED_BITS 96u

struct route {
	struct nlmsghdr head;
	struct rtmsg message;
	char attributes[64];
};

static void put_attribute(struct route *route, unsigned short type, const void *value, size_t size)
{
	struct rtattr *at = (void *)((char *)route + NLMSG_ALIGN(route->head.nlmsg_len));

	at->rta_type = type;
	at->rta_len = (unsigned short)RTA_LENGTH(size);
	memcpy(RTA_DATA(at), value, size);
	route->head.nlmsg_len = NLMSG_ALIGN(route->head.nlmsg_len) + RTA_ALIGN(at->rta_len);
}

/* Every address of it becomes one of our own. */
static int add_local(int fd, int family, const void *address, unsigned int bits, unsigned int lo)
{
	struct route route = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			  .nlmsg_type = RTM_NEWROUTE,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE },
		.message = { .rtm_family = (unsigned char)family,
			     .rtm_dst_len = (unsigned char)bits,
			     .rtm_table = RT_TABLE_LOCAL,
			     .rtm_protocol = RTPROT_STATIC,
			     .rtm_scope = RT_SCOPE_HOST,
			     .rtm_type = RTN_LOCAL },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	ssize_t got;

	put_attribute(&route, RTA_DST, address, family == AF_INET ? 4 : 16);
	put_attribute(&route, RTA_OIF, &lo, sizeof(lo));
	if (send(fd, &route, route.head.nlmsg_len, 0) < 0)
		return -1;
	got = recv(fd, &answer, sizeof(answer), 0);
	if (got < (ssize_t)(sizeof(answer.head) + sizeof(answer.error)) || answer.head.nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return -1;
	}
	errno = -answer.error.error;
	return errno ? -1 : 0;
}

static int add_all_local(int fd, const struct sbx_host_entry *entries, size_t count, unsigned int lo)
{
	const uint32_t names = htonl(SBX_HOST_NET);

	if (add_local(fd, AF_INET, &names, SBX_HOST_NET_BITS, lo) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct sbx_host_entry *entry = &entries[i];
		const bool four = sbx_host_is_four(entry->address);

		if (entry->kind != SBX_HOST_ADDRESSED)
			continue;
		if (add_local(fd, four ? AF_INET : AF_INET6, entry->address + (four ? 12 : 0),
			      entry->prefix - (four ? MAPPED_BITS : 0u), lo) < 0)
			return -1;
	}
	return 0;
}

static int bring_up(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	const int ret = fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &request);

	if (fd >= 0)
		close(fd);
	return ret;
}

static int make_routes(const struct sbx_host_entry *entries, size_t count)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const unsigned int lo = if_nametoindex("lo");
	const int ret = fd < 0 || !lo ? -1 : add_all_local(fd, entries, count, lo);
	const int errnum = errno;

	if (fd >= 0)
		close(fd);
	errno = errnum;
	return ret;
}

/* IPv4, or IPv6 alone; of every address, or of loopback's. */
static int listen_on(int family, bool everywhere, uint16_t port)
{
	const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
	const struct sockaddr_in four = { .sin_family = AF_INET,
					  .sin_port = htons(port),
					  .sin_addr.s_addr = htonl(everywhere ? INADDR_ANY : INADDR_LOOPBACK) };
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6,
					  .sin6_port = htons(port),
					  .sin6_addr = everywhere ? in6addr_any : in6addr_loopback };
	const void *address = family == AF_INET ? (const void *)&four : &six;
	int errnum;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) == 0 &&
	    (family == AF_INET || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) == 0) &&
	    bind(fd, address, family == AF_INET ? sizeof(four) : sizeof(six)) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

/* Has an entry before the i-th the same port? On all of them every host is served. */
static bool is_served(const struct sbx_host_entry *entries, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (entries[k].port == entries[i].port)
			return true;
	return false;
}

static bool is_only_local(const struct sbx_host_entry *entries, size_t count, uint16_t port)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].port == port && entries[i].kind != SBX_HOST_LOCAL)
			return false;
	return true;
}

static int open_listeners(struct sbx_pump_network *network, const struct sbx_host_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint16_t port = entries[i].port;
		const bool everywhere = !is_only_local(entries, count, port);
		int fd;

		if (is_served(entries, i))
			continue;
		fd = listen_on(AF_INET, everywhere, port);
		if (fd < 0)
			return -1;
		network->listeners[network->count++] = fd;
		fd = listen_on(AF_INET6, everywhere, port);
		if (fd >= 0)
			network->listeners[network->count++] = fd;
		else if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) /* a kernel without IPv6, or switched off */
			return -1;
	}
	return 0;
}

static int open_names(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(NAMES_PORT),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return fd >= 0 && bind(fd, (const void *)&address, sizeof(address)) == 0 ? fd : -1;
}

int sbx_pump_network(struct sbx_pump_network *network, int pidfd, int namespaces, const struct sbx_host_entry *entries,
		     size_t count, const char **what)
{
	network->count = 0;
	*what = "the command's namespaces";
	if (setns(pidfd, namespaces) < 0)
		return -1;
	*what = "the loopback interface";
	if (bring_up() < 0)
		return -1;
	*what = "the addresses of hosts";
	if (make_routes(entries, count) < 0)
		return -1;
	*what = "the ports of hosts";
	if (open_listeners(network, entries, count) < 0)
		return -1;
	*what = "the port of name servers";
	network->names = open_names();
	return network->names < 0 ? -1 : 0;
}
