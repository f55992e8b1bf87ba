/* SPDX-License-Identifier: MIT */
/*
 * network.h -- the relay of a run, where its policy names hosts.
 */
#ifndef SBX_LOADER_RUN_NETWORK_H
#define SBX_LOADER_RUN_NETWORK_H

#include "loader/run/run.h"

/* Start the relay for `child`, and let the child go on. -1 with err: then the child is gone. */
int sbx_network_open(struct sbx_run *run, pid_t child, struct sbx_err *err);

/* The run is over. Says whom the command wanted to reach and couldn't. */
void sbx_network_close(struct sbx_run *run);

/* In the child: wait until the network is there. Ends the process where there will be none. */
void sbx_network_await(const struct sbx_run *run);

#endif
