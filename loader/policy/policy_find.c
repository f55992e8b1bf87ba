/* SPDX-License-Identifier: MIT */
/*
 * policy_find.c -- the profile is chosen by the command's names first; one that has alternatives, by the arguments
 * then.
 */
#include "loader/policy/policy_find.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "loader/argv/argv_parse.h"
#include "loader/base/memory.h"
#include "loader/base/passwd.h"
#include "loader/base/say.h"
#include "loader/policy/best_effort.h"
#include "loader/policy/command_trust.h"
#include "loader/policy/config_sources.h"
#include "loader/policy/policy_cache.h"
#include "loader/policy/profile_match.h"
#include "shim/err.h"
#include "shim/home.h"
#include "shim/landlock.h"

#define STARTS_MAX 8 /* env nice timeout ... */

/* A policy that lets through what it doesn't allow runs only when that is what was asked for. */
static int check_try(const struct sbx_policy_blob *policy, bool try, struct sbx_err *err)
{
	if (policy->action != SBX_ACTION_LOG)
		return 0;
	if (!try)
		return sbx_err_set(err, SBX_STEP_CALL, EPERM, "seccomp.action = \"log\" is no sandbox");
	sbx_say(stderr, "sbx-wrap: --try: this is no sandbox: "
			"system calls that the policy lacks are let through, to be named");
	return 0;
}

/* Configuration that somebody expects to count is not passed over in silence. */
static int judge_unread(const struct sbx_request *request, const struct sbx_user_config *user, struct sbx_err *err)
{
	const char *why = request->home ? "by the user database that isn't the caller's home" :
					  "the user database knows no home of the caller's";

	if (!user->unread || request->nested || request->options->config)
		return 0; /* nothing of the kind is read */
	if (user->open)
		return sbx_err_set(err, SBX_STEP_COMPILE, 0, sbx_join(user->unread, ": " SBX_HOME_CONFIG_WHY));
	if (!request->options->quiet)
		sbx_say(stderr, "sbx-wrap: %s: %s: not read: %s", sbx_step_name(SBX_STEP_COMPILE), user->unread, why);
	return 0;
}

/* The caller's home, and where own config files of theirs would be. */
static int find_caller(struct sbx_request *request, struct sbx_err *err)
{
	struct sbx_user_config user;
	char *home;

	if (sbx_passwd_home(request->uid, &home) < 0)
		return sbx_err_set(err, SBX_STEP_COMPILE, errno, "/etc/passwd");
	if (!home && !request->nested && sbx_cache_ask_home(request, &home, err) < 0)
		return -1;
	request->home = home;
	if (sbx_sources_user(home, &user) < 0)
		return sbx_err_set(err, SBX_STEP_COMPILE, errno, home);
	request->user_config = user.dir;
	return judge_unread(request, &user, err);
}

/* By the option, or by names first and arguments then; request->profile is what was chosen in the end, NULL by names.
 */
static const struct sbx_policy_blob *choose_policy(struct sbx_request *request, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy;

	request->profile = request->options->profile;
	policy = sbx_cache_policy(request, err);
	if (!policy || request->profile)
		return policy;
	request->profile = sbx_match_arguments(policy, request->options->argv);
	return request->profile ? sbx_cache_policy(request, err) : policy;
}

static const char *word_at(const struct sbx_vec *words, size_t i)
{
	return *(char **)sbx_vec_at(words, i);
}

/* Not even a group could write them. */
static bool all_commands(const struct sbx_vec *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(word_at(words, i), SBX_TRUST_WORD_COMMAND) != 0)
			return false;
	return true;
}

static bool is_command(const char *word)
{
	return strncmp(word, SBX_TRUST_WORD_COMMAND, sizeof(SBX_TRUST_WORD_COMMAND) - 1) == 0;
}

static const char *profile_of(const struct sbx_policy_blob *policy)
{
	return sbx_str(policy, policy->strings, policy->profile);
}

/*
 * A name has chosen a profile that allows more than the default: whether it may shows only now, for most commands have
 * none. Where the file isn't what it is called, the choice is made again, with what its names are worth.
 */
static const struct sbx_policy_blob *choose_again(struct sbx_request *request, struct sbx_target *target,
						  const char *cwd, const struct sbx_policy_blob *policy,
						  struct sbx_withheld *withheld, struct sbx_err *err)
{
	static struct sbx_vec words;
	const char *wanted = profile_of(policy);

	words.count = 0;
	if (sbx_command_trust(target, cwd, request->uid, request->names, &words) < 0) {
		sbx_err_set(err, SBX_STEP_TARGET, errno, target->path);
		return NULL;
	}
	if (all_commands(&words))
		return policy;
	request->trust = &words;
	policy = choose_policy(request, err);
	if (!policy)
		return NULL;
	if (strcmp(profile_of(policy), wanted) != 0)
		*withheld = (struct sbx_withheld){ wanted, word_at(&words, 0) };
	if ((policy->flags & SBX_POLICY_WIDENS) && !is_command(word_at(&words, 0)) &&
	    is_command(word_at(&words, words.count - 1)))
		target->exact = sbx_target_file(target, target->path)->path;
	return policy;
}

/* The command that begins at argv[0], and its policy, as if sbx-wrap had been called with it; NULL: there is no such.
 */
static int find_started(const struct sbx_request *from, const char *cwd, char **argv, struct sbx_grammar *started,
			struct sbx_err *err)
{
	struct sbx_target *target = sbx_alloc(sizeof(*target));
	struct sbx_options *options = sbx_alloc(sizeof(*options));
	struct sbx_request request = *from;
	const struct sbx_policy_blob *policy;
	struct sbx_withheld ignored;
	struct sbx_err absent = { 0 };
	struct sbx_vec names = { 0 };

	*started = (struct sbx_grammar){ NULL, 0, NULL };
	if (sbx_target_find(target, cwd, argv, &absent) < 0)
		return 0;
	if (sbx_match_names(cwd, target->path, sbx_target_file(target, target->path), &names) < 0)
		return sbx_err_set(err, SBX_STEP_TARGET, errno, target->path);
	*options = *from->options;
	options->argv = argv;
	options->profile = NULL;
	request.options = options;
	request.names = &names;
	request.trust = NULL;
	policy = choose_policy(&request, err);
	if (policy && (policy->flags & SBX_POLICY_WIDENS))
		policy = choose_again(&request, target, cwd, policy, &ignored, err);
	*started = (struct sbx_grammar){ policy, 0, target };
	return policy ? 0 : -1;
}

/* It has the network, or files, that the command which starts it lacks. */
static bool is_missed(const struct sbx_policy_blob *started, const struct sbx_policy_blob *policy)
{
	return (policy->namespaces & ~started->namespaces & CLONE_NEWNET) || (started->late.len && !policy->late.len);
}

/* nice, env and timeout start a command: its arguments mean what they mean to that one. */
static int find_grammar(const struct sbx_request *request, const char *cwd, const struct sbx_policy_blob *policy,
			struct sbx_withheld *withheld, struct sbx_grammar *grammar, struct sbx_err *err)
{
	char **argv = request->options->argv;

	*grammar = (struct sbx_grammar){ policy, 0, NULL };
	for (int starts = 0; starts < STARTS_MAX; starts++) {
		const size_t at = sbx_argv_command(grammar->policy, argv + grammar->from);
		struct sbx_grammar started = { NULL, 0, NULL };

		if (at && find_started(request, cwd, argv + grammar->from + at, &started, err) < 0)
			return -1;
		if (!started.policy)
			break;
		started.from = grammar->from + at;
		*grammar = started;
	}
	if (grammar->from && is_missed(grammar->policy, policy))
		*withheld = (struct sbx_withheld){ profile_of(grammar->policy), NULL };
	return 0;
}

const struct sbx_policy_blob *sbx_policy_find(const struct sbx_options *options, struct sbx_target *target,
					      const char *cwd, const struct sbx_programs *programs,
					      const struct sbx_caller *caller, struct sbx_withheld *withheld,
					      struct sbx_grammar *grammar, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy;
	struct sbx_vec names = { 0 };
	struct sbx_request request = {
		.options = options,
		.names = &names,
		.compiler = programs->compiler,
		.uid = caller->uid,
		.gid = caller->gid,
		.abi = sbx_landlock_abi(),
		.nested = programs->nested,
	};

	if (find_caller(&request, err) < 0)
		return NULL;
	if (sbx_match_names(cwd, target->path, sbx_target_file(target, target->path), &names) < 0) {
		sbx_err_set(err, SBX_STEP_TARGET, errno, target->path);
		return NULL;
	}
	policy = choose_policy(&request, err);
	if (policy && !options->profile && (policy->flags & SBX_POLICY_WIDENS))
		policy = choose_again(&request, target, cwd, policy, withheld, err);
	if (!policy || find_grammar(&request, cwd, policy, withheld, grammar, err) < 0)
		return NULL;
	if (options->dry_run && sbx_cache_run_compiler(&request, "show", err) != 0) {
		sbx_err_set(err, SBX_STEP_COMPILE, 0, "");
		return NULL;
	}
	sbx_best_effort_landlock(policy, request.abi);
	return check_try(policy, options->try, err) < 0 ? NULL : policy;
}
