/* SPDX-License-Identifier: MIT */
/*
 * pump.c -- the event loop: accepts, hears the connector, answers questions for names.
 */
#include "loader/net/pump.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loader/net/connection.h"
#include "loader/net/name_answer.h"
#include "loader/net/relay_fence.h"
#include "loader/net/relay_reply.h"

#define QUERY_MAX 1024
#define QUERIES_MAX 32 /* in one go */
#define PAUSE_MS 100

/* In one write: it is sbx-wrap's own standard error. */
static int fail_by(const char *what)
{
	dprintf(STDERR_FILENO, "sbx-wrap: net: %s: %s\n", what, strerror(errno));
	return 1;
}

void sbx_pump_tell(struct sbx_pump *pump, const struct sbx_relay_refusal *refusal)
{
	for (size_t i = 0; i < pump->told_count; i++)
		if (memcmp(&pump->told[i], refusal, sizeof(*refusal)) == 0)
			return;
	if (pump->told_count == SBX_RELAY_REFUSALS_MAX)
		return;
	pump->told[pump->told_count++] = *refusal;
	(void)!send(pump->control, refusal, sizeof(*refusal), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void sbx_pump_listen(struct sbx_pump *pump, bool on)
{
	for (size_t i = 0; i < pump->accept_count; i++)
		if (on)
			event_add(pump->accepts[i], NULL);
		else
			event_del(pump->accepts[i]);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	sbx_pump_listen(arg, true);
}

/* There is no descriptor left, or no memory: what waits is asked for again in a moment. */
static void pause_listening(struct sbx_pump *pump)
{
	const struct timeval pause = { .tv_usec = PAUSE_MS * 1000 };

	sbx_pump_listen(pump, false);
	event_add(pump->again, &pause);
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct sbx_pump *pump = arg;
	int client;

	(void)what;
	while (pump->connection_count < SBX_RELAY_CONNECTIONS_MAX) {
		client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			pause_listening(pump);
		if (client < 0)
			return;
		sbx_connection_begin(pump, client);
	}
}

static void on_reply(evutil_socket_t fd, short what, void *arg)
{
	struct sbx_pump *pump = arg;
	struct sbx_relay_reply reply;
	int socket;

	(void)what;
	if (sbx_relay_reply_receive(fd, &reply, &socket) < 0)
		event_base_loopbreak(pump->base); /* the connector is gone */
	else if (reply.id == SBX_RELAY_HELLO)
		(void)!send(pump->control, &(char){ SBX_RELAY_READY }, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	else
		sbx_connection_answer(pump, &reply, socket);
}

/* The loader says nothing: this is its end. */
static void on_control(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(((struct sbx_pump *)arg)->base);
}

static void tell_unknown(struct sbx_pump *pump, const char *name)
{
	struct sbx_relay_refusal refusal;

	memset(&refusal, 0, sizeof(refusal));
	refusal.reason = SBX_RELAY_LOOKUP;
	refusal.entry = UINT32_MAX;
	sbx_pump_name(&refusal, name);
	sbx_pump_tell(pump, &refusal);
}

static void on_query(evutil_socket_t fd, short what, void *arg)
{
	struct sbx_pump *pump = arg;
	unsigned char query[QUERY_MAX], answer[SBX_ANSWER_MAX];
	char name[SBX_HOST_NAME_MAX + 1];
	struct sockaddr_in from;
	bool unknown;

	(void)what;
	for (int i = 0; i < QUERIES_MAX; i++) {
		socklen_t size = sizeof(from);
		const ssize_t got = recvfrom(fd, query, sizeof(query), MSG_DONTWAIT, (void *)&from, &size);
		size_t len;

		if (got < 0)
			return;
		len = sbx_name_answer(query, (size_t)got, pump->entries, pump->entry_count, answer, name, &unknown);
		if (unknown && name[0])
			tell_unknown(pump, name);
		if (len)
			(void)!sendto(fd, answer, len, MSG_DONTWAIT, (void *)&from, size);
	}
}

static struct event *watch(struct sbx_pump *pump, int fd, event_callback_fn call)
{
	struct event *event = event_new(pump->base, fd, EV_READ | EV_PERSIST, call, pump);

	return event && event_add(event, NULL) == 0 ? event : NULL;
}

int sbx_pump_run(int link, int control, int pidfd, int namespaces, const struct sbx_host_entry *entries, size_t count)
{
	static struct sbx_pump_network network;
	static struct sbx_pump pump;
	const char *what;

	pump.entries = entries;
	pump.entry_count = count;
	pump.link = link;
	pump.control = control;
	if (sbx_pump_network(&network, pidfd, namespaces, entries, count, &what) < 0)
		return fail_by(what);
	close(pidfd);
	pump.base = event_base_new();
	if (!pump.base)
		return fail_by("libevent");
	for (size_t i = 0; i < network.count; i++) {
		pump.accepts[i] = watch(&pump, network.listeners[i], on_accept);
		if (!pump.accepts[i])
			return fail_by("libevent");
		pump.accept_count++;
	}
	pump.again = event_new(pump.base, -1, 0, on_again, &pump);
	if (!pump.again || !watch(&pump, link, on_reply) || !watch(&pump, control, on_control) ||
	    !watch(&pump, network.names, on_query))
		return fail_by("libevent");
	if (sbx_relay_fence() < 0)
		return fail_by("the relay's own fence");
	event_base_dispatch(pump.base);
	return 1;
}
