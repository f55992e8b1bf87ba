/* SPDX-License-Identifier: MIT */
/*
 * connector.c -- looks names up and connects. UNTRUSTED: the pump, which may have been taken over: it can choose among
 * the entries of net.hosts and, in a network, among the addresses, and nothing else. The address that is judged is the
 * very one that is connected to.
 *
 * getaddrinfo(3) takes its time, so each request is a thread of its own; the pump has no more of them than connections.
 */
#include "loader/net/connector.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loader/net/address_scope.h"
#include "loader/net/relay_reply.h"

#define CONNECT_MS 10000 /* for the last address of a host, */
#define NEXT_MS 2000     /* and for one that others stand behind */
#define ADDRESSES_MAX 6
#define STACK_SIZE (256u << 10)

struct connector {
	int link;
	const struct sbx_host_entry *entries;
	size_t count;
	atomic_uint busy; /* threads */
};

struct task {
	struct connector *connector;
	struct sbx_relay_request request;
	struct in6_addr address[ADDRESSES_MAX];
	size_t address_count;
	struct sbx_relay_reply reply;
};

static void add_address(struct task *task, const struct in6_addr *address)
{
	if (task->address_count < ADDRESSES_MAX)
		task->address[task->address_count++] = *address;
}

static struct in6_addr mapped(const struct in_addr *four)
{
	struct in6_addr address = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(address.s6_addr + 12, four, sizeof(*four));
	return address;
}

/* localhost is this machine, whatever is looked up for it. */
static void add_loopback(struct task *task)
{
	const struct in_addr four = { htonl(INADDR_LOOPBACK) };
	const struct in6_addr address = mapped(&four);

	add_address(task, &address);
	add_address(task, &in6addr_loopback);
}

static bool look_up(struct task *task, const char *name)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found = NULL;
	int refused = 0;

	if (getaddrinfo(name, NULL, &hints, &found) != 0) {
		task->reply.reason = SBX_RELAY_RESOLVE;
		return false;
	}
	for (const struct addrinfo *at = found; at; at = at->ai_next) {
		struct in6_addr address;

		if (at->ai_family == AF_INET)
			address = mapped(&((const struct sockaddr_in *)(const void *)at->ai_addr)->sin_addr);
		else if (at->ai_family == AF_INET6)
			address = ((const struct sockaddr_in6 *)(const void *)at->ai_addr)->sin6_addr;
		else
			continue;
		if (sbx_address_is_global(&address) && !sbx_address_is_own(&address))
			add_address(task, &address);
		else
			refused++;
	}
	freeaddrinfo(found);
	task->reply.reason = refused ? SBX_RELAY_NOT_GLOBAL : SBX_RELAY_RESOLVE;
	return task->address_count > 0;
}

/* The addresses of the request's entry; false with the reply saying why there are none. */
static bool find_addresses(struct task *task)
{
	const struct connector *connector = task->connector;
	const struct sbx_host_entry *entry = &connector->entries[task->request.entry];
	struct in6_addr asked;

	switch (entry->kind) {
	case SBX_HOST_NAMED:
		return look_up(task, entry->name);
	case SBX_HOST_LOCAL:
		add_loopback(task);
		return true;
	default:
		task->reply.reason = SBX_RELAY_ADDRESS;
		if (!sbx_host_covers(entry, task->request.address))
			return false;
		memcpy(&asked, task->request.address, sizeof(asked));
		add_address(task, &asked);
		return true;
	}
}

/* A non-blocking socket that is connected, or -1 with errno set. */
static int connect_to(const struct in6_addr *address, uint16_t port, int limit_ms)
{
	const bool is_four = IN6_IS_ADDR_V4MAPPED(address);
	const int fd = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = *address };
	struct pollfd poll_for = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	memcpy(&four.sin_addr, address->s6_addr + 12, sizeof(four.sin_addr));
	if (fd < 0)
		return -1;
	(void)!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	(void)!setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
	if (connect(fd, is_four ? (const void *)&four : (const void *)&six, is_four ? sizeof(four) : sizeof(six)) < 0 &&
	    errno != EINPROGRESS)
		error = errno;
	else if (poll(&poll_for, 1, limit_ms) <= 0)
		error = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (!error)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

static int connect_any(struct task *task)
{
	const uint16_t port = task->connector->entries[task->request.entry].port;
	int fd = -1;

	task->reply.error = 0;
	if (!find_addresses(task))
		return -1;
	for (size_t i = 0; i < task->address_count && fd < 0; i++)
		fd = connect_to(&task->address[i], port, i + 1 < task->address_count ? NEXT_MS : CONNECT_MS);
	task->reply.reason = SBX_RELAY_CONNECT;
	task->reply.error = fd < 0 ? errno : 0;
	return fd;
}

static void *serve(void *arg)
{
	struct task *task = arg;
	const int fd = connect_any(task);

	task->connector->busy--;
	(void)!sbx_relay_reply_send(task->connector->link, &task->reply, fd);
	if (fd >= 0)
		close(fd);
	free(task);
	return NULL;
}

static void begin(struct connector *connector, const struct sbx_relay_request *request)
{
	struct sbx_relay_reply refused = { .id = request->id, .reason = SBX_RELAY_CONNECT, .error = EAGAIN };
	struct task *task = connector->busy < SBX_RELAY_CONNECTIONS_MAX && request->entry < connector->count ?
				    calloc(1, sizeof(*task)) :
				    NULL;
	pthread_attr_t attributes;
	pthread_t thread;

	if (task) {
		*task = (struct task){ .connector = connector, .request = *request, .reply = refused };
		connector->busy++;
		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, STACK_SIZE);
		pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
		refused.error = pthread_create(&thread, &attributes, serve, task);
		pthread_attr_destroy(&attributes);
		if (!refused.error)
			return;
		connector->busy--;
		free(task);
	}
	(void)!sbx_relay_reply_send(connector->link, &refused, -1);
}

int sbx_connector_run(int link, const struct sbx_host_entry *entries, size_t count)
{
	static struct connector connector;
	const struct sbx_relay_reply hello = { .id = SBX_RELAY_HELLO };
	struct sbx_relay_request request;
	ssize_t got;

	connector.link = link;
	connector.entries = entries;
	connector.count = count;
	/* resolv.conf(5): no search list. A name is the one that is written in net.hosts. */
	if (setenv("LOCALDOMAIN", "", 1) < 0 || sbx_relay_reply_send(link, &hello, -1) < 0)
		return 1;
	for (;;) {
		got = recv(link, &request, sizeof(request), 0);
		if (got == 0 || (got < 0 && errno != EINTR))
			return 0;
		if (got == (ssize_t)sizeof(request))
			begin(&connector, &request);
	}
}
