/* SPDX-License-Identifier: MIT */
/*
 * channel.h -- one message on the channel between the waiting loader and the fenced side, with a descriptor where one
 * is to be handed over; unix(7), SCM_RIGHTS and SCM_CREDENTIALS.
 */
#ifndef SBX_LOADER_BASE_CHANNEL_H
#define SBX_LOADER_BASE_CHANNEL_H

#include <sys/types.h>

#include "shim/err.h"

/* Send `msg`, and `fd` with it unless that is negative; it stays the caller's. -1 with errno set. */
int sbx_channel_send(int channel, const struct sbx_msg *msg, int fd);

enum sbx_received {
	SBX_RECEIVED, /* something; a message without the right form or a sender has the kind SBX_MSG__COUNT */
	SBX_NOTHING,  /* nothing is there now */
	SBX_CLOSED    /* and nothing will come: the other side is gone */
};

/*
 * The next message without waiting, and its sender's pid as the kernel says (SO_PASSCRED is on). *fd is the descriptor
 * that came with it, at 10 or above, close-on-exec and the caller's to close; -1 when there was none or more than one.
 */
enum sbx_received sbx_channel_receive(int channel, struct sbx_msg *msg, pid_t *sender, int *fd);

#endif
