/* SPDX-License-Identifier: MIT */
/*
 * argument_forms.h -- the forms of args.inputs and args.outputs: which arguments, and what is derived from them.
 * sbx.conf(5), ARGUMENTS.
 */
#ifndef SBX_CONF_CONFIG_ARGUMENT_FORMS_H
#define SBX_CONF_CONFIG_ARGUMENT_FORMS_H

#include <stdbool.h>

#include "conf/base/pool.h"
#include "shim/blob.h"

/* Fields as in struct sbx_arg. */
struct sbx_form {
	enum sbx_arg_where where;
	enum sbx_arg_derive derive;
	uint32_t n;
	uint32_t flags;
	const char *text, *suffix; /* never NULL */
};

/* UNTRUSTED: text of a config file. `role` is SBX_ARG_INPUT or SBX_ARG_OUTPUT. Returns -1 for what is no form. */
int sbx_form_parse(struct sbx_pool *pool, enum sbx_arg_role role, const char *text, struct sbx_form *form);

/* Does it name by a pattern, not by a name: there may be any number of such files. */
bool sbx_form_is_pattern(const struct sbx_form *form);

#endif
