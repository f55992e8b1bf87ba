/* SPDX-License-Identifier: MIT */
/*
 * option_take.h -- what a row of the table of options is, and how each kind takes its arguments.
 */
#ifndef SBX_LOADER_CLI_OPTION_TAKE_H
#define SBX_LOADER_CLI_OPTION_TAKE_H

#include "loader/cli/options.h"

struct sbx_option_def {
	const char *name;
	char letter;
	const char *arg, *arg2; /* placeholders in the help; NULL: takes none */
	int (*take)(struct sbx_options *, const struct sbx_option_def *, char **args, struct sbx_err *);
	const char *set; /* for take_set: the text, %s stands for the argument; for take_list, take_ports and
			    take_hosts: the key */
	int kind;        /* for take_path: enum sbx_path_kind */
	const char *help;
	bool may_miss; /* for take_path: what is absent is passed over */
};

/* UNTRUSTED: args. Each returns 0, or -1 with err filled. */
#define SBX_OPTION_TAKE(name) \
	int sbx_option_take_##name(struct sbx_options *, const struct sbx_option_def *, char **args, struct sbx_err *)
SBX_OPTION_TAKE(set);
SBX_OPTION_TAKE(list);
SBX_OPTION_TAKE(dev);
SBX_OPTION_TAKE(no_guard);
SBX_OPTION_TAKE(hostname);
SBX_OPTION_TAKE(ports);
SBX_OPTION_TAKE(hosts);
SBX_OPTION_TAKE(path);
SBX_OPTION_TAKE(size);
SBX_OPTION_TAKE(setenv);
SBX_OPTION_TAKE(unsetenv);
SBX_OPTION_TAKE(keep_env);
SBX_OPTION_TAKE(keep_fd);
SBX_OPTION_TAKE(status_fd);
SBX_OPTION_TAKE(word);
SBX_OPTION_TAKE(flag);
SBX_OPTION_TAKE(try);
SBX_OPTION_TAKE(verbose);

#endif
