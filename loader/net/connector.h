/* SPDX-License-Identifier: MIT */
/*
 * connector.h -- the half of the relay that stands in the host's network.
 */
#ifndef SBX_LOADER_NET_CONNECTOR_H
#define SBX_LOADER_NET_CONNECTOR_H

#include <stddef.h>

#include "shim/host_entry.h"

/* Answer the pump's requests on `link` until it is gone. An exit status. */
int sbx_connector_run(int link, const struct sbx_host_entry *entries, size_t count);

#endif
