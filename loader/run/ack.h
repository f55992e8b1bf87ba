/* SPDX-License-Identifier: MIT */
/*
 * ack.h -- the latch's acknowledgement: awaited, taken, or missed.
 */
#ifndef SBX_LOADER_RUN_ACK_H
#define SBX_LOADER_RUN_ACK_H

#include "loader/run/wait.h"

/* Time that the target was stopped is not its time to acknowledge: the clock starts anew where it was `continued`. */
void sbx_ack_restart(struct sbx_wait *wait, bool continued);

bool sbx_ack_awaited(const struct sbx_wait *wait);

/* It doesn't come, for the reason `why`: the target is killed where the policy requires it, else that is told. */
void sbx_ack_missing(struct sbx_wait *wait, const char *why);

/* UNTRUSTED: what stands in the target's pipe. */
void sbx_ack_read(struct sbx_wait *wait);

#endif
