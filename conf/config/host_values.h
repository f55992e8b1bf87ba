/* SPDX-License-Identifier: MIT */
/*
 * host_values.h -- how an entry of net.hosts is written.
 */
#ifndef SBX_CONF_CONFIG_HOST_VALUES_H
#define SBX_CONF_CONFIG_HOST_VALUES_H

#include "shim/host_entry.h"

/*
 * HOST, HOST:PORT, ADDRESS[/BITS][:PORT], [ADDRESS6[/BITS]]:PORT, localhost:PORT, each with /any behind. NULL, or what
 * is wrong with `text`: static words that go behind it. UNTRUSTED.
 */
const char *sbx_host_entry_parse(const char *text, struct sbx_host_entry *entry);

#endif
