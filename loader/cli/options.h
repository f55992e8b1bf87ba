/* SPDX-License-Identifier: MIT */
/*
 * options.h -- the command line: sbx-wrap [OPTIONS] [--] CMD [ARG...]; the table behind it is also --help.
 */
#ifndef SBX_LOADER_CLI_OPTIONS_H
#define SBX_LOADER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "loader/base/vec.h"
#include "shim/steps.h"

enum sbx_path_kind {
	SBX_PATH_RO,
	SBX_PATH_RW,
	SBX_PATH_ROX,
	SBX_PATH_RWX,
	SBX_PATH_TMPFS,
	SBX_PATH_TMPFS_EXEC,
	SBX_PATH_HIDE
};

static inline bool sbx_path_kind_private(enum sbx_path_kind kind)
{
	return kind == SBX_PATH_TMPFS || kind == SBX_PATH_TMPFS_EXEC;
}

/* One --ro, --rw, --rox, --rwx, --ro-bind, --bind, --tmpfs or --hide, in the order given. */
struct sbx_path_option {
	enum sbx_path_kind kind;
	const char *option; /* as named on the command line */
	const char *src, *dst;
	uint64_t size; /* bytes, TMPFS; 0: the policy's own */
	bool may_miss; /* what is absent is passed over */
};

/* A list that several options of one kind fill. */
struct sbx_list_option {
	const char *key, *items;
	size_t set; /* its place among the sets */
};

struct sbx_options {
	const char *profile, *config, *chdir, *hostname;
	struct sbx_vec sets;     /* char *: KEY=VALUE, for the policy compiler */
	struct sbx_vec lists;    /* struct sbx_list_option */
	struct sbx_vec paths;    /* struct sbx_path_option */
	struct sbx_vec setenv;   /* char *: NAME=VALUE */
	struct sbx_vec unsetenv; /* char * */
	struct sbx_vec keep_env; /* char *: names, * allowed */
	struct sbx_vec keep_fd;  /* int */
	uint64_t size;           /* --size, for the --tmpfs that follows */
	int status_fd;           /* --status-fd plus 1; 0: none */
	bool stats, die_with_parent;
	bool timing;
	bool dry_run, try, quiet, help, version;
	bool dispatched; /* called under the command's own name */
	int verbose;
	char **argv; /* the command and its arguments, NULL-terminated, the caller's own memory */
};

/* UNTRUSTED: argv. Fills `options`; returns 0, or -1 with err filled. */
int sbx_options_parse(struct sbx_options *options, int argc, char **argv, struct sbx_err *err);

/*
 * Called under the name of a command (a symlink in a directory that comes first in PATH): all arguments are that
 * command's. False when argv[0] is sbx-wrap's own name, or none.
 */
bool sbx_options_dispatch(struct sbx_options *options, char **argv);

void sbx_options_help(FILE *out);

#endif
