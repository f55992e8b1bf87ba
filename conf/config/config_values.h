/* SPDX-License-Identifier: MIT */
/*
 * config_values.h -- from a libconfig setting to the value of a key, checked by the key's type.
 */
#ifndef SBX_CONF_CONFIG_CONFIG_VALUES_H
#define SBX_CONF_CONFIG_CONFIG_VALUES_H

#include <libconfig.h>

#include "conf/config/policy.h"

/* What the checks of values need: where memory and errors go. */
struct sbx_reader {
	struct sbx_pool *pool;
	struct sbx_errs *errs;
	const char *file; /* for origins */
	bool is_option;   /* `file` is the text of an option: origins have no line */
	bool builtin;
	bool numbers; /* a list may hold numbers */
};

/* UNTRUSTED: text of a config file. Fills `value`; returns 0, or -1 with all that is wrong with it added to errs. */
int sbx_value_read(const struct sbx_reader *reader, enum sbx_key_id id, const config_setting_t *setting,
		   struct sbx_value *value);

/* A list of strings under `what` into `list`, each checked not to be empty. */
int sbx_value_strings(const struct sbx_reader *reader, const config_setting_t *setting, const char *what,
		      const char *expected, struct sbx_list *list);

struct sbx_origin sbx_value_origin(const struct sbx_reader *reader, const config_setting_t *setting);

#endif
