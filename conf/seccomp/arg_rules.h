/* SPDX-License-Identifier: MIT */
/*
 * arg_rules.h -- system calls whose arguments decide.
 */
#ifndef SBX_CONF_SECCOMP_ARG_RULES_H
#define SBX_CONF_SECCOMP_ARG_RULES_H

#include <seccomp.h>
#include <stddef.h>

#include "conf/seccomp/filter_compile.h"

#define SBX_RULES_MAX 128 /* entries of either table */

/* An allowed call goes through only if one of its rules holds that apply; ONLY: never without one. */
#define SBX_ARG_UID (1ull << 32) /* as a rule's value: the filter's own uid, gid */
#define SBX_ARG_GID (1ull << 33)
enum { ALWAYS = 0, ONLY = 1u << 16, THREADS = 1u << 17 };
struct sbx_arg_rule {
	const char *name;
	unsigned int when; /* SBX_WHEN_* that make it apply */
	struct {
		unsigned int arg;
		scmp_datum_t mask, value;
	} cmp[3];
	unsigned int count;
};
extern const struct sbx_arg_rule sbx_arg_rules[];
extern const size_t sbx_arg_rules_count;

/* Denials in front of the allowlist. */
struct sbx_deny_rule {
	const char *name;
	unsigned int when;
	int errnum;
	unsigned int count;
	struct scmp_arg_cmp cmp[2];
};
extern const struct sbx_deny_rule sbx_deny_rules[];
extern const size_t sbx_deny_rules_count;

#endif
