/* SPDX-License-Identifier: MIT */
/*
 * commands.h -- the commands of sbx-policy and the options they share.
 *
 * Used by: nobody.
 * Touches: standard output and error, the files that compile writes; doctor tries the kernel and asks sbx-wrap.
 * Includes: conf/base conf/compile conf/config conf/seccomp shim
 */
#ifndef SBX_CONF_COMMANDS_COMMANDS_H
#define SBX_CONF_COMMANDS_COMMANDS_H

#include "conf/compile/compile.h"
#include "conf/config/profile_match.h"

struct sbx_words {
	const char **items;
	size_t count;
};

/* The command line, and where memory and errors go. */
struct sbx_command {
	struct sbx_pool *pool;
	struct sbx_errs *errs;
	const char *profile;     /* --profile */
	const char *config;      /* --config */
	const char *user_config; /* --user-config */
	const char *abi;         /* --abi */
	const char *key_fd;      /* --key-fd */
	const char *blob_fd;     /* --blob-fd */
	const char *cache;       /* --cache */
	const char *output;      /* -o */
	const char *origin;      /* --origin: not NULL */
	const char *nested;      /* --inside */
	const char *trust;       /* --trust: of the names that follow */
	struct sbx_words sets;
	struct sbx_names names; /* --name: the command, for match */
	struct sbx_words operands;
};

/* Built-in, files and --set into a fresh config. Returns -1 with errors added. */
int sbx_command_load(const struct sbx_command *command, struct sbx_config *config);

/* Print what a key grants differently in `b` than in `a`; false when nothing. policy_diff.c */
bool sbx_diff_key(enum sbx_key_id id, const struct sbx_value *a, const struct sbx_value *b);

/* Each returns an exit status; errors that were added are printed by the caller. */
int sbx_command_compile(const struct sbx_command *command);
int sbx_command_check(const struct sbx_command *command);
int sbx_command_show(const struct sbx_command *command);
int sbx_command_list(const struct sbx_command *command);
int sbx_command_caller(const struct sbx_command *command);
int sbx_command_keys(const struct sbx_command *command);
int sbx_command_kept(const struct sbx_command *command);   /* kept.c */
int sbx_command_link(const struct sbx_command *command);   /* link.c */
int sbx_command_diff(const struct sbx_command *command);   /* policy_diff.c */
int sbx_command_doctor(const struct sbx_command *command); /* doctor.c */

#endif
