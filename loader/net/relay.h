/* SPDX-License-Identifier: MIT */
/*
 * relay.h -- the two processes of net.mode = "hosts", as the waiting loader sees them.
 */
#ifndef SBX_LOADER_NET_RELAY_H
#define SBX_LOADER_NET_RELAY_H

#include <stdbool.h>
#include <sys/types.h>

#include "loader/net/relay_protocol.h"
#include "shim/blob.h"
#include "shim/steps.h"

struct sbx_relay {
	pid_t pump, connector; /* or 0 */
	int control;           /* to the pump */
	const struct sbx_host_entry *entries;
	size_t entry_count;
};

/*
 * Start both for the namespaces of the process `child`, and wait until what the command connects to is there: at most
 * 10 seconds, or until a signal is pending. `program` is sbx-relay, `self` sbx-wrap. Returns 0, or -1 with err filled:
 * then the run has to end, and with it what has been started.
 */
int sbx_relay_start(struct sbx_relay *relay, const struct sbx_policy_blob *policy, const char *program,
		    const char *self, pid_t child, struct sbx_err *err);

/*
 * The run is over: end both, and say whom the command wanted to reach and couldn't, a line for each; nothing when
 * `quiet`, or where there was nobody.
 */
void sbx_relay_end(struct sbx_relay *relay, bool quiet);

#endif
