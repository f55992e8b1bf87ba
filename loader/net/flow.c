/* SPDX-License-Identifier: MIT */
/*
 * flow.c -- tcp(7): a half-closed connection stays one in its other direction.
 */
#include "loader/net/flow.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS_MAX 16 /* in one go: others wait, too */

static bool waits(ssize_t got)
{
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static bool write_some(struct sbx_flow *flow)
{
	const ssize_t put = send(flow->to, flow->bytes + flow->at, flow->end - flow->at, MSG_NOSIGNAL);

	if (put < 0)
		return waits(put);
	flow->at += (size_t)put;
	if (flow->at == flow->end)
		flow->at = flow->end = 0;
	return true;
}

bool sbx_flow_move(struct sbx_flow *flow)
{
	for (int i = 0; i < ROUNDS_MAX && !flow->closed; i++) {
		ssize_t got;

		if (flow->end) {
			if (!write_some(flow))
				return false;
			if (flow->end)
				return true;
		}
		if (flow->ended) {
			flow->closed = true;
			return shutdown(flow->to, SHUT_WR) == 0 || errno == ENOTCONN;
		}
		got = read(flow->from, flow->bytes, SBX_FLOW_SIZE);
		if (got < 0)
			return waits(got);
		flow->end = (size_t)got;
		flow->ended = got == 0;
	}
	return true;
}
