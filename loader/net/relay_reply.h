/* SPDX-License-Identifier: MIT */
/*
 * relay_reply.h -- the connector's answers, with the sockets that they bring: unix(7), SCM_RIGHTS.
 */
#ifndef SBX_LOADER_NET_RELAY_REPLY_H
#define SBX_LOADER_NET_RELAY_REPLY_H

#include "loader/net/relay_protocol.h"

/* `fd`: -1, or a socket that goes with the reply and stays the caller's. -1 with errno set. */
int sbx_relay_reply_send(int link, const struct sbx_relay_reply *reply, int fd);

/* The next reply without waiting, *fd -1 or the caller's to close. -1 when the other end is gone. */
int sbx_relay_reply_receive(int link, struct sbx_relay_reply *reply, int *fd);

#endif
