/* SPDX-License-Identifier: MIT */
/*
 * config_parse.h -- config text in libconfig's syntax into a struct sbx_config; sbx.conf(5).
 */
#ifndef SBX_CONF_CONFIG_CONFIG_PARSE_H
#define SBX_CONF_CONFIG_CONFIG_PARSE_H

#include "conf/config/policy.h"

/*
 * UNTRUSTED: `text`, of the file (or built-in text) that errors call `file`. What it says is laid over what `config`
 * holds: keys of `default` replace keys, a profile replaces a profile of the same name. Returns -1 when errors were
 * added.
 */
int sbx_parse_text(struct sbx_config *config, const char *file, const char *text, bool builtin);

/* The KEY=VALUE of one --set. VALUE is libconfig's syntax, or else a bare word. */
int sbx_parse_set(struct sbx_config *config, const char *assignment);

#endif
