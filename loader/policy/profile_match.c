/* SPDX-License-Identifier: MIT */
/*
 * profile_match.c -- names and arguments for `match`; sbx.conf(5). conf/config/profile_match.c chooses by the names,
 * the policy's table by the arguments, so that those are no part of the cache's key.
 */
#include "loader/policy/profile_match.h"

#include <errno.h>
#include <string.h>

#include "loader/argv/argv_parse.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/policy/exec_target.h"
#include "shim/glob.h"
#include "shim/lookup.h"

#define ANYWHERE "... "
#define HOPS_MAX 40 /* as the kernel's own limit */

static void push_name(struct sbx_vec *names, char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(*(char **)sbx_vec_at(names, i), name) == 0)
			return;
	sbx_vec_push(names, sizeof(name), &name);
}

/*
 * What a link leads to has the name of what root calls so. Anybody else's file, which an archive may have brought, is
 * known by its path alone: the trailing slash says so.
 */
static void push_target(struct sbx_vec *names, char *at, bool is_system)
{
	push_name(names, is_system ? at : sbx_join(at, "/"));
}

int sbx_match_names(const char *cwd, const char *path, const struct sbx_resolved *file, struct sbx_vec *names)
{
	char *at = path[0] == '/' ? sbx_strdup(path) : sbx_join(cwd[1] ? cwd : "", "/", path);

	push_name(names, at);
	for (int hops = 0; file && file->links.count && hops < HOPS_MAX; hops++) {
		struct stat st;
		char *text = sbx_readlink(at);

		if (!text && errno != EINVAL && !sbx_lookup_unreachable(errno))
			return -1;
		if (!text || !*text)
			break;
		at = text[0] == '/' ? text : sbx_join(sbx_dirname(at), "/", text);
		st.st_uid = (uid_t)-1;
		if (lstat(at, &st) < 0 && !sbx_lookup_unreachable(errno))
			return -1;
		push_target(names, at, sbx_target_is_system(&st));
	}
	if (file && file->exists)
		push_target(names, file->path, sbx_target_is_system(&file->st));
	return 0;
}

/* Are the first arguments what `words` says, word by word? */
static bool arguments_begin(const char *words, char *const *argv)
{
	while (*words) {
		const size_t len = strcspn(words, " ");

		if (!*argv || !sbx_glob(sbx_strndup(words, len), *argv))
			return false;
		argv++;
		words += len + (words[len] == ' ');
	}
	return true;
}

static bool is_long(const char *option)
{
	return strncmp(option, "--", 2) == 0;
}

/* Is it one of the command's options, wherever it stands? -*r* means short ones: it isn't --color. */
static bool has_option(const struct sbx_argv *words, const char *pattern)
{
	for (size_t i = 0; i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);

		if (!word->operand && !word->value && is_long(pattern) == is_long(word->text) &&
		    sbx_glob(pattern, word->text))
			return true;
	}
	return false;
}

const char *sbx_match_arguments(const struct sbx_policy_blob *policy, char *const *argv)
{
	const struct sbx_choice *choice = sbx_at(policy, policy->alternatives);
	const size_t count = policy->alternatives.len / sizeof(*choice);
	struct sbx_argv parsed;

	if (count)
		sbx_argv_parse(&parsed, policy, argv);

	for (size_t i = 0; i < count; i++) {
		const char *words = sbx_str(policy, policy->strings, choice[i].words);

		if (strncmp(words, ANYWHERE, sizeof(ANYWHERE) - 1) == 0) {
			if (has_option(&parsed, words + sizeof(ANYWHERE) - 1))
				return sbx_str(policy, policy->strings, choice[i].profile);
			continue;
		}
		for (char *const *from = argv + 1; argv[0] && *from; from++) {
			if (arguments_begin(words, from))
				return sbx_str(policy, policy->strings, choice[i].profile);
			/* What stands behind an option may be its value, a file name: only an option is looked for
			 * there. */
			if (words[0] != '-' || (*from)[0] != '-' || !(*from)[1] || strcmp(*from, "--") == 0)
				break;
			from += from[1] && sbx_argv_takes_value(policy, *from);
		}
	}
	return NULL;
}
