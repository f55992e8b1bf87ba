/* SPDX-License-Identifier: MIT */
/*
 * policy_cache.h -- the compiled policy: from the cache, or from one run of sbx-policy.
 */
#ifndef SBX_LOADER_POLICY_POLICY_CACHE_H
#define SBX_LOADER_POLICY_POLICY_CACHE_H

#include <stdbool.h>
#include <sys/types.h>

#include "loader/base/vec.h"
#include "loader/cli/options.h"
#include "shim/blob.h"

struct sbx_request {
	const struct sbx_options *options;
	const char *profile;         /* this one; NULL: what matches the names */
	const struct sbx_vec *names; /* sbx_match_names() */
	const struct sbx_vec *trust; /* sbx_command_trust(), for each name; NULL: not asked, as if all were commands */
	const char *compiler;        /* path of sbx-policy */
	const char *home;            /* the caller's by the user database, or NULL */
	const char *entry;           /* the caller's there, where /etc/passwd has none; or NULL */
	const char *user_config;     /* sbx_sources_user() */
	uid_t uid;                   /* the caller's effective ids */
	gid_t gid;
	unsigned int abi; /* Landlock's */
	bool nested;      /* sbx_nested() */
};

/*
 * The caller's home where /etc/passwd has none: sbx-policy asks the services that nsswitch.conf(5) names, each time,
 * for without a home there is no place that could be trusted with the answer. Sets *home, fresh memory, or NULL when no
 * service knows the caller, and the request's entry. -1 with err when one doesn't answer.
 */
int sbx_cache_ask_home(struct sbx_request *request, char **home, struct sbx_err *err);

/* The caller's cache directory as fresh memory; NULL when none can be trusted: then every run compiles. */
char *sbx_cache_dir(uid_t uid, const char *home, bool nested);

/*
 * A checked policy for the request, in memory that lives as long as the process. A cache entry counts only when it and
 * every directory above it belong to root or the caller and nobody else can write them, and when it holds the very key.
 * Returns NULL with err filled when the compiler can't be run or refuses; it has then said why on standard error itself
 * and err has an empty subject.
 */
const struct sbx_policy_blob *sbx_cache_policy(const struct sbx_request *request, struct sbx_err *err);

/*
 * The run failed on what the policy says of paths: an entry that was found is removed, so that the next run compiles.
 * True when there was one.
 */
bool sbx_cache_forget(void);

/* Run `sbx-policy VERB` with the request's options and wait. Returns its exit status, or -1 with err. */
int sbx_cache_run_compiler(const struct sbx_request *request, const char *verb, struct sbx_err *err);

#endif
