/* SPDX-License-Identifier: MIT */
/*
 * amounts.h -- amounts as people write them: sizes, percentages, durations.
 */
#ifndef SBX_CONF_CONFIG_AMOUNTS_H
#define SBX_CONF_CONFIG_AMOUNTS_H

#include <stdint.h>

#include "conf/config/policy_keys.h"

/* "256M", "1.5G" in bytes. UNTRUSTED: text of a config file. Returns 0, or -1 when `text` is no size above 0. */
int sbx_amount_size(const char *text, uint64_t *bytes);

/*
 * A limit of the type `type` (SBX_TYPE_MEMORY and those behind it) in the units of shim/limits.h; "unlimited" is
 * SBX_UNLIMITED. UNTRUSTED: text of a config file or option. Returns 0, or -1 when it is none.
 */
int sbx_amount_parse(enum sbx_key_type type, const char *text, uint64_t *amount);

/* The 1/100,000 of the machine's memory that `text` asks for ("75%"), or 0 when it is none: how much that is, each run
 * asks. */
uint32_t sbx_amount_share(const char *text);

#endif
