/* SPDX-License-Identifier: MIT */
/*
 * policy_print.h -- a policy in the syntax it is read in, and its keys for sbx.conf(5).
 */
#ifndef SBX_CONF_COMMANDS_POLICY_PRINT_H
#define SBX_CONF_COMMANDS_POLICY_PRINT_H

#include <stdio.h>

#include "conf/config/policy.h"

/*
 * As a config file whose `default` is this policy: reading it gives the same policy. With `origins`, comments say where
 * each value comes from, and where the items of a list do when they come from several places.
 */
void sbx_print_policy(FILE *out, const struct sbx_policy *policy, bool origins);

/* One value that is no list, one item of a list: as they are read. */
void sbx_print_scalar(FILE *out, enum sbx_key_type type, const struct sbx_value *value);
void sbx_print_item(FILE *out, enum sbx_key_type type, const char *text);

/* The keys as a list in mdoc(7). */
void sbx_print_manual(FILE *out);

#endif
