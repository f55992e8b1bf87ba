/* SPDX-License-Identifier: MIT */
/*
 * doctor_config.c -- a copy of the built-in policy as the machine's file: earlier versions installed one, and it keeps
 * the defaults of its day in force.
 */
#include <stdio.h>
#include <string.h>

#include "conf/base/say.h"
#include "conf/commands/commands.h"
#include "conf/commands/doctor.h"
#include "conf/config/config_sources.h"
#include "shim/paths.h"

static bool reads(const struct sbx_config *config, const char *file)
{
	for (size_t i = 0; i < config->read.count; i++)
		if (!strcmp(config->read.items[i].text, file))
			return true;
	return false;
}

/* How many keys the file sets, of how many there are built in. */
static size_t keys_set(const struct sbx_config *config, const char *file)
{
	size_t count = 0;

	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		const struct sbx_value *value = &config->base.values[id];

		count += value->set && (!file || (value->origin.file && !strcmp(value->origin.file, file)));
	}
	return count;
}

void sbx_doctor_copy(struct sbx_pool *pool, struct sbx_errs *errs, const struct sbx_config *config)
{
	struct sbx_config builtin = { .pool = pool, .errs = errs }, copy = builtin;
	size_t set, all;
	bool differs = false;

	if (!reads(config, SBX_CONF_FILE) || sbx_source_builtin(&builtin) < 0 || sbx_source_builtin(&copy) < 0 ||
	    sbx_source_file(&copy, SBX_CONF_FILE, true) < 0)
		return;
	set = keys_set(&copy, SBX_CONF_FILE);
	all = keys_set(&builtin, NULL);
	if (set * 2 < all)
		return;
	sbx_say(stdout,
		"%-10s --   %s sets %zu of %zu keys: a copy of the built-in policy, which new defaults don't reach", "",
		SBX_CONF_FILE, set, all);
	sbx_say(stdout, "%-10s      -> comment out what isn't meant; what differs from the built-in policy (-):", "");
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		differs |= sbx_diff_key((enum sbx_key_id)id, &builtin.base.values[id], &copy.base.values[id]);
	if (!differs)
		sbx_say(stdout, "nothing");
}
