/* SPDX-License-Identifier: MIT */
/*
 * flow.h -- the bytes of one direction of a connection, from one socket to another.
 */
#ifndef SBX_LOADER_NET_FLOW_H
#define SBX_LOADER_NET_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#define SBX_FLOW_SIZE 65536u

struct sbx_flow {
	int from, to;         /* non-blocking sockets, not owned */
	unsigned char *bytes; /* SBX_FLOW_SIZE */
	size_t at, end;       /* what has been read and not yet written */
	bool ended;           /* nothing comes any more */
	bool closed;          /* and that has been passed on */
};

/*
 * Read and write until one of both would wait. False when the connection is broken. After it, the flow waits for
 * `from` while it holds nothing, and for `to` while it holds something.
 */
bool sbx_flow_move(struct sbx_flow *flow);

#endif
