/* SPDX-License-Identifier: MIT */
/*
 * netprobe.c -- tries every way out to a listener on the host; prints `way errno`.
 *
 *   netprobe TCP_PORT UDP_PORT ABSTRACT_NAME [PATHNAME_SOCKET [PATHNAME_DATAGRAM_SOCKET]]
 *   netprobe bind PORT
 *
 * "OK" is said as soon as something was sent: whether it arrived is for the listener to say.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/tools/errname.h"

#define HELLO "escaped"

static void show(const char *way, long result)
{
	printf("%s %s\n", way, errname(result < 0 ? errno : 0));
	fflush(stdout);
}

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

/* connect and send; the result of the first step that failed */
static long send_to(int family, int type, int protocol, const void *address, socklen_t size)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);
	long result;

	if (fd < 0)
		return -1;
	result = connect(fd, address, size);
	if (result == 0)
		result = send(fd, HELLO, strlen(HELLO), MSG_NOSIGNAL);
	if (result < 0) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	close(fd);
	return 0;
}

static long send_unconnected(int type, int flags, const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	long result;

	if (fd < 0)
		return -1;
	result = sendto(fd, HELLO, strlen(HELLO), flags | MSG_NOSIGNAL, (const struct sockaddr *)address,
			sizeof(*address));
	close(fd);
	return result;
}

/* connect(2) that only notes the address: the first send connects. */
static long send_fastopen_connect(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	long result;

	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &yes, sizeof(yes)) < 0)
		return -1;
	result = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (result == 0)
		result = send(fd, HELLO, strlen(HELLO), MSG_NOSIGNAL);
	close(fd);
	return result;
}

/* bind and, of TCP, listen; the result of the first that failed. A negative port: listen without bind. */
static long bind_to(int family, int type, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_port = htons((uint16_t)port),
				    .sin6_addr = in6addr_loopback };
	struct sockaddr_in four = loopback(port);
	int fd = socket(family, type | SOCK_CLOEXEC, 0), yes = 1, is_six = family == AF_INET6;
	long result = fd < 0 ? -1 : setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));

	if (result == 0 && port >= 0)
		result = bind(fd, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
			      is_six ? sizeof(six) : sizeof(four));
	if (result == 0 && type == SOCK_STREAM)
		result = listen(fd, 1);
	if (fd >= 0)
		close(fd);
	return result;
}

static int try_bind(int port)
{
	show("tcp", bind_to(AF_INET, SOCK_STREAM, port));
	show("tcp6", bind_to(AF_INET6, SOCK_STREAM, port));
	show("udp", bind_to(AF_INET, SOCK_DGRAM, port));
	show("tcp_any", bind_to(AF_INET, SOCK_STREAM, 0));
	show("udp_any", bind_to(AF_INET, SOCK_DGRAM, 0));
	show("listen", bind_to(AF_INET, SOCK_STREAM, -1));
	return 0;
}

static void try_unix(const char *way, int type, const char *name, int abstract)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);

	if (length + 1 >= sizeof(address.sun_path))
		length = sizeof(address.sun_path) - 2;
	memcpy(address.sun_path + (abstract ? 1 : 0), name, length);
	show(way,
	     send_to(AF_UNIX, type, 0, &address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1)));
}

static void try_raw(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	show("raw", fd < 0 ? -1 :
			     sendto(fd, HELLO, strlen(HELLO), MSG_NOSIGNAL, (const struct sockaddr *)address,
				    sizeof(*address)));
	if (fd >= 0)
		close(fd);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	show("packet", fd);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	show("netlink", fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in tcp, udp;

	if (argc == 3 && !strcmp(argv[1], "bind"))
		return try_bind(atoi(argv[2]));
	if (argc < 4)
		return 2;
	tcp = loopback(atoi(argv[1]));
	udp = loopback(atoi(argv[2]));
	show("tcp", send_to(AF_INET, SOCK_STREAM, 0, &tcp, sizeof(tcp)));
	show("mptcp", send_to(AF_INET, SOCK_STREAM, 262, &tcp, sizeof(tcp)));
	show("tcp_fastopen", send_unconnected(SOCK_STREAM, MSG_FASTOPEN, &tcp));
	show("fastopen_connect", send_fastopen_connect(&tcp));
	show("udp", send_to(AF_INET, SOCK_DGRAM, 0, &udp, sizeof(udp)));
	show("udp_unconnected", send_unconnected(SOCK_DGRAM, 0, &udp));
	try_raw(&tcp);
	try_unix("abstract", SOCK_STREAM, argv[3], 1);
	if (argc > 4)
		try_unix("pathname", SOCK_STREAM, argv[4], 0);
	if (argc > 5)
		try_unix("pathname_dgram", SOCK_DGRAM, argv[5], 0);
	return 0;
}
