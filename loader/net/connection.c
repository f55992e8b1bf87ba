/* SPDX-License-Identifier: MIT */
/*
 * connection.c -- accepted, judged by its address and by its ClientHello, connected by the connector, then copied both
 * ways. UNTRUSTED: all that comes from the client, and from the server.
 */
#include "loader/net/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loader/net/client_hello.h"
#include "loader/net/flow.h"

#define HELLO_S 10   /* to say who is meant */
#define CONNECT_S 40 /* for the connector, which gives up before */

enum state { HELLO, CONNECTING, OPEN };

/* A connection's two sockets: its client's and its server's. */
enum { CLIENT, SERVER, SIDES };

struct sbx_connection {
	struct sbx_pump *pump;
	uint32_t id;
	uint32_t entry;
	enum state state;
	uint8_t address[SBX_HOST_ADDRESS]; /* that the client meant */
	uint16_t port;
	int fd[SIDES];
	struct sbx_flow flow[SIDES]; /* out of CLIENT, out of SERVER */
	struct event *readable[SIDES], *writable[SIDES], *timer;
};

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

/* A broken connection is reset: its other end must not take it for complete. */
static void end_connection(struct sbx_connection *connection, bool broken)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	struct sbx_pump *pump = connection->pump;

	free_event(connection->timer);
	for (int side = 0; side < SIDES; side++) {
		free_event(connection->readable[side]);
		free_event(connection->writable[side]);
		free(connection->flow[side].bytes);
		if (connection->fd[side] < 0)
			continue;
		if (broken)
			(void)!setsockopt(connection->fd[side], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(connection->fd[side]);
	}
	for (size_t i = 0; i < pump->connection_count; i++)
		if (pump->connections[i] == connection)
			pump->connections[i] = pump->connections[--pump->connection_count];
	free(connection);
	sbx_pump_listen(pump, true);
}

static void refuse(struct sbx_connection *connection, enum sbx_relay_reason reason, int error, const char *name)
{
	struct sbx_relay_refusal refusal;

	memset(&refusal, 0, sizeof(refusal)); /* compared as bytes */
	refusal.reason = reason;
	refusal.entry = connection->entry;
	refusal.error = error;
	refusal.port = connection->port;
	memcpy(refusal.address, connection->address, sizeof(refusal.address));
	sbx_pump_name(&refusal, name ? name : "");
	sbx_pump_tell(connection->pump, &refusal);
	end_connection(connection, true);
}

/* What each event waits for now. */
static void arm(struct sbx_connection *connection)
{
	for (int side = 0; side < SIDES; side++) {
		const struct sbx_flow *flow = &connection->flow[side];
		struct event *out = connection->writable[!side];

		if (flow->end || (flow->ended && !flow->closed)) {
			event_del(connection->readable[side]);
			event_add(out, NULL);
		} else {
			event_del(out);
			if (flow->ended)
				event_del(connection->readable[side]);
			else
				event_add(connection->readable[side], NULL);
		}
	}
}

static void on_open(evutil_socket_t fd, short what, void *arg)
{
	struct sbx_connection *connection = arg;
	bool good = true;

	(void)fd;
	(void)what;
	for (int side = 0; side < SIDES; side++)
		good = good && sbx_flow_move(&connection->flow[side]);
	if (!good || (connection->flow[CLIENT].closed && connection->flow[SERVER].closed))
		end_connection(connection, !good);
	else
		arm(connection);
}

static void open_connection(struct sbx_connection *connection, int server)
{
	struct sbx_pump *pump = connection->pump;
	bool good;

	connection->fd[SERVER] = server;
	connection->state = OPEN;
	event_del(connection->timer);
	free_event(connection->readable[CLIENT]);
	for (int side = 0; side < SIDES; side++) {
		connection->flow[side].from = connection->fd[side];
		connection->flow[side].to = connection->fd[!side];
		if (!connection->flow[side].bytes)
			connection->flow[side].bytes = malloc(SBX_FLOW_SIZE);
		connection->readable[side] =
			event_new(pump->base, connection->fd[side], EV_READ | EV_PERSIST, on_open, connection);
		connection->writable[side] =
			event_new(pump->base, connection->fd[side], EV_WRITE | EV_PERSIST, on_open, connection);
	}
	good = connection->flow[CLIENT].bytes && connection->flow[SERVER].bytes;
	for (int side = 0; side < SIDES; side++)
		good = good && connection->readable[side] && connection->writable[side];
	if (good)
		on_open(-1, 0, connection);
	else
		end_connection(connection, true);
}

static void ask_connector(struct sbx_connection *connection)
{
	struct sbx_relay_request request = { .id = connection->id, .entry = connection->entry };
	const struct timeval limit = { .tv_sec = CONNECT_S };

	memcpy(request.address, connection->address, sizeof(request.address));
	connection->state = CONNECTING;
	event_del(connection->readable[CLIENT]);
	event_add(connection->timer, &limit);
	if (send(connection->pump->link, &request, sizeof(request), MSG_NOSIGNAL) != (ssize_t)sizeof(request))
		refuse(connection, SBX_RELAY_CONNECT, errno, NULL);
}

/* True when what the client has sent so far asks for the host that it is connected to. */
static bool judge_hello(struct sbx_connection *connection)
{
	const struct sbx_flow *flow = &connection->flow[CLIENT];
	const struct sbx_host_entry *entry = &connection->pump->entries[connection->entry];
	char name[SBX_HELLO_NAME_MAX];

	switch (sbx_client_hello(flow->bytes, flow->end, name)) {
	case SBX_HELLO_NAMED:
		if (strcmp(name, entry->name) == 0) /* of an address it is "" */
			return true;
		refuse(connection, SBX_RELAY_NAME, 0, name);
		return false;
	case SBX_HELLO_NAMELESS:
		if (entry->kind == SBX_HOST_ADDRESSED)
			return true;
		refuse(connection, SBX_RELAY_NO_NAME, 0, NULL);
		return false;
	case SBX_HELLO_HIDDEN:
		refuse(connection, SBX_RELAY_HIDDEN_NAME, 0, NULL);
		return false;
	case SBX_HELLO_NONE:
		refuse(connection, SBX_RELAY_NO_TLS, 0, NULL);
		return false;
	default:
		if (flow->end == SBX_HELLO_MAX || flow->ended)
			refuse(connection, SBX_RELAY_NO_TLS, 0, NULL);
		return false;
	}
}

static void on_hello(evutil_socket_t fd, short what, void *arg)
{
	struct sbx_connection *connection = arg;
	struct sbx_flow *flow = &connection->flow[CLIENT];
	ssize_t got;

	(void)what;
	got = read(fd, flow->bytes + flow->end, SBX_HELLO_MAX - flow->end);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	flow->ended = got <= 0;
	flow->end += got > 0 ? (size_t)got : 0;
	if (flow->ended && !flow->end) /* a look whether the port is open */
		end_connection(connection, got < 0);
	else if (judge_hello(connection))
		ask_connector(connection);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	refuse(arg, SBX_RELAY_TIME, 0, NULL);
}

/* The address that the client has connected to; IPv4 in its mapped form. */
static int read_meant(struct sbx_connection *connection)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} meant;
	socklen_t size = sizeof(meant);

	if (getsockname(connection->fd[CLIENT], &meant.any, &size) < 0)
		return -1;
	if (meant.any.sa_family == AF_INET6) {
		memcpy(connection->address, &meant.six.sin6_addr, sizeof(connection->address));
		connection->port = ntohs(meant.six.sin6_port);
		return 0;
	}
	connection->address[10] = connection->address[11] = 0xff;
	memcpy(connection->address + 12, &meant.four.sin_addr, sizeof(meant.four.sin_addr));
	connection->port = ntohs(meant.four.sin_port);
	return 0;
}

static bool is_meant(const struct sbx_connection *connection, size_t i)
{
	const struct sbx_host_entry *entries = connection->pump->entries;
	uint32_t four;

	if (entries[i].kind == SBX_HOST_ADDRESSED)
		return sbx_host_covers(&entries[i], connection->address);
	if (entries[i].kind == SBX_HOST_LOCAL &&
	    memcmp(connection->address, &in6addr_loopback, sizeof(connection->address)) == 0)
		return true;
	if (!sbx_host_is_four(connection->address))
		return false;
	memcpy(&four, connection->address + 12, sizeof(four));
	four = ntohl(four);
	return entries[i].kind == SBX_HOST_LOCAL ? four == INADDR_LOOPBACK : four == sbx_host_inside(entries, i);
}

/* The entry of this address and port; where only the port is another one, `entry` says whose it is. */
static bool find_entry(struct sbx_connection *connection)
{
	for (uint32_t i = 0; i < connection->pump->entry_count; i++) {
		if (!is_meant(connection, i))
			continue;
		connection->entry = i;
		if (connection->pump->entries[i].port == connection->port)
			return true;
	}
	return false;
}

void sbx_connection_begin(struct sbx_pump *pump, int client)
{
	struct sbx_connection *connection = calloc(1, sizeof(*connection));
	const struct timeval limit = { .tv_sec = HELLO_S };
	const struct sbx_host_entry *entry;

	if (!connection) {
		close(client);
		return;
	}
	*connection = (struct sbx_connection){
		.pump = pump, .id = pump->next_id++, .entry = UINT32_MAX, .fd = { client, -1 }
	};
	if (pump->next_id == SBX_RELAY_HELLO)
		pump->next_id = 0;
	pump->connections[pump->connection_count++] = connection;
	sbx_pump_listen(pump, pump->connection_count < SBX_RELAY_CONNECTIONS_MAX);
	connection->flow[CLIENT].bytes = malloc(SBX_FLOW_SIZE);
	connection->timer = event_new(pump->base, -1, 0, on_timer, connection);
	connection->readable[CLIENT] = event_new(pump->base, client, EV_READ | EV_PERSIST, on_hello, connection);
	if (!connection->flow[CLIENT].bytes || !connection->timer || !connection->readable[CLIENT] ||
	    read_meant(connection) < 0) {
		end_connection(connection, true);
		return;
	}
	if (!find_entry(connection)) {
		refuse(connection, connection->entry == UINT32_MAX ? SBX_RELAY_ADDRESS : SBX_RELAY_PORT, 0, NULL);
		return;
	}
	entry = &pump->entries[connection->entry];
	if (connection->port != SBX_HOST_TLS_PORT || entry->any || entry->kind == SBX_HOST_LOCAL) {
		ask_connector(connection);
		return;
	}
	event_add(connection->timer, &limit);
	event_add(connection->readable[CLIENT], NULL);
}

void sbx_connection_answer(struct sbx_pump *pump, const struct sbx_relay_reply *reply, int fd)
{
	struct sbx_connection *connection = NULL;

	for (size_t i = 0; i < pump->connection_count && !connection; i++)
		if (pump->connections[i]->id == reply->id && pump->connections[i]->state == CONNECTING)
			connection = pump->connections[i];
	if (connection && fd >= 0) {
		open_connection(connection, fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	if (connection)
		refuse(connection,
		       reply->reason < SBX_RELAY__COUNT ? (enum sbx_relay_reason)reply->reason : SBX_RELAY_CONNECT,
		       reply->error, NULL);
}
