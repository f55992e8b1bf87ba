/* SPDX-License-Identifier: MIT */
/*
 * connection.h -- one connection of the command's, from accept(2) to its end, in the pump.
 */
#ifndef SBX_LOADER_NET_CONNECTION_H
#define SBX_LOADER_NET_CONNECTION_H

#include "loader/net/pump.h"

/* Take over the accepted, non-blocking socket; it is closed when the connection is refused or over. */
void sbx_connection_begin(struct sbx_pump *pump, int client);

/* The connector's answer to request `id`; `fd` is taken over, and -1 where there is none. */
void sbx_connection_answer(struct sbx_pump *pump, const struct sbx_relay_reply *reply, int fd);

#endif
