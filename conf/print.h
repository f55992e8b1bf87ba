/*
 * print.h -- a policy in the syntax it is read in, and its keys for sbx.conf(5).
 */
#ifndef SBX_PRINT_H
#define SBX_PRINT_H

#include <stdio.h>

#include "conf/policy.h"

/* As a config file whose `default` is this policy: reading it gives the same policy. */
void sbx_print_policy(FILE *out, const struct sbx_policy *policy);

/* The keys as a list in mdoc(7). */
void sbx_print_manual(FILE *out);

#endif
