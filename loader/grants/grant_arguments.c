/* SPDX-License-Identifier: MIT */
/*
 * grant_arguments.c -- grants from the command's own arguments.
 *
 * UNTRUSTED: argv; a file name in it may have been chosen by an attacker. So an argument grants the least that makes
 * the tool work and never what the policy protects. Which arguments are inputs and outputs is the profile's grammar
 * (struct sbx_arg).
 */
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "loader/grants/grant_inputs.h"
#include "loader/grants/grant_options.h"

#include <errno.h>
#include <string.h>

#include "loader/output/output_grants.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"
#include "loader/argv/argv_parse.h"
#include "loader/argv/designation.h"

/* in.dat.foo of gzip -S .foo in.dat: an output that the arguments spell in two parts. */
static int grant_with_values(const struct sbx_outputs *outputs, const struct sbx_argv *words, const char *options,
			     const char *word, struct sbx_err *err)
{
	for (size_t i = 0; i < words->list.count; i++) {
		const char *value = sbx_argv_value_of(options, sbx_vec_at(&words->list, i));
		struct sbx_names names;

		if (!value || strchr(value, '/'))
			continue;
		sbx_output_names_derive(SBX_DERIVE_APPEND, value, word, &names);
		if (names.count && sbx_output_grant_named(outputs, names.path[0], 0, err) < 0)
			return -1;
	}
	return 0;
}

/* What `arg` makes of the word that stands at its place. */
static int grant_word(const struct sbx_outputs *outputs, const struct sbx_argv *words, const struct sbx_arg *arg,
		      const char *word, struct sbx_err *err)
{
	const char *suffix = sbx_str(words->policy, words->policy->strings, arg->suffix);
	const bool is_output = arg->role == SBX_ARG_OUTPUT;
	const uint32_t flags = arg->flags | (arg->derive == SBX_DERIVE_NONE ? SBX_OUTPUT_SURE : 0);
	struct sbx_names names;

	if (strcmp(word, "-") == 0 ||
	    sbx_argv_is_url(word) != (arg->derive == SBX_DERIVE_URL || arg->derive == SBX_DERIVE_URL_COUNTED))
		return 0;
	if (arg->derive == SBX_DERIVE_APPEND_VALUE)
		return grant_with_values(outputs, words, suffix, word, err);
	sbx_output_names_derive((enum sbx_arg_derive)arg->derive, suffix, word, &names);
	for (size_t i = 0; i < names.count; i++)
		if (!sbx_argv_is_url(names.path[i]) &&
		    (is_output ? sbx_output_grant_named(outputs, names.path[i], flags, err) :
				 sbx_input_grant_word(outputs, names.path[i])) < 0)
			return -1;
	if (!names.dir)
		return 0;
	return is_output ? sbx_output_grant_fitting(outputs, names.dir, &names.pattern, err) :
			   sbx_input_grant_fitting(outputs, names.dir, &names.pattern);
}

/* The path of the directory that `word` names, or NULL when it isn't one, as a link isn't that must not be followed. */
static char *existing_directory(const struct sbx_outputs *outputs, const char *word)
{
	struct sbx_resolved path;

	if (sbx_resolve(outputs->cwd, word, &path) < 0) {
		sbx_plan_expect(outputs->plan, errno, word);
		return NULL;
	}
	return path.exists && S_ISDIR(path.st.st_mode) && !path.planted ? path.path : NULL;
}

/* The directories that arguments name are there to be read, all of them. */
static void know_inputs(struct sbx_outputs *outputs, const struct sbx_argv *words)
{
	for (size_t i = 0; !outputs->inputs_known && i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);
		char *dir = word->operand || word->value ? existing_directory(outputs, word->text) : NULL;

		if (dir)
			sbx_vec_push(&outputs->inputs, sizeof(dir), &dir);
	}
	outputs->inputs_known = true;
}

/* Does the word designate an output? 1, 0, or -1 with err. */
static int grant_absent(struct sbx_outputs *outputs, const struct sbx_argv *words, const struct sbx_arg *arg,
			const struct sbx_argv_word *word, struct sbx_err *err)
{
	const char *text;
	const enum sbx_designation sure =
		word->output ? SBX_DESIGNATES_NOTHING : sbx_designation_of(words, word, &text);

	if (sure == SBX_DESIGNATES_NOTHING)
		return 0;
	if (sure == SBX_DESIGNATES_MAYBE)
		know_inputs(outputs, words);
	return sbx_output_grant_absent(outputs, text, sure == SBX_DESIGNATES_OUTPUT, arg->flags, err);
}

/* The word that names the directory of an "into" form, with the directory; NULL when there is none. */
static struct sbx_argv_word *find_into(const struct sbx_outputs *outputs, const struct sbx_argv *words,
				       const struct sbx_arg *arg, const char **dir)
{
	const char *option = sbx_str(words->policy, words->policy->strings, arg->text);
	const size_t len = strlen(option);
	struct sbx_arg at = *arg;

	at.where = !len ? SBX_WHERE_LAST : option[len - 1] == '=' ? SBX_WHERE_WITHIN : SBX_WHERE_AFTER;
	for (size_t i = 0; i < words->list.count; i++) {
		struct sbx_argv_word *word = sbx_vec_at(&words->list, i);
		const char *text = sbx_argv_at(words, &at, word);

		if (text && existing_directory(outputs, text)) {
			*dir = text;
			return word;
		}
	}
	return NULL;
}

/* cp FILE... DIR, cp -t DIR FILE...: what the files are called in there. Sets *by_option for the latter. */
static int grant_into(struct sbx_outputs *outputs, const struct sbx_argv *words, const struct sbx_arg *arg,
		      bool *by_option, struct sbx_err *err)
{
	const char *dir;
	struct sbx_argv_word *into = find_into(outputs, words, arg, &dir);

	if (!into)
		return 0;
	*by_option |= !into->operand;
	into->output = into->into = true;
	for (size_t i = 0; i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);

		if (word->operand && word != into &&
		    sbx_output_grant_into(outputs, dir, word->text, arg->flags, err) < 0)
			return -1;
	}
	return 0;
}

/* Is the current directory what the command reads when it is named none? */
static bool reads_cwd(const struct sbx_argv *words)
{
	const struct sbx_arg *arg = sbx_at(words->policy, words->policy->args);
	const size_t count = words->policy->args.len / sizeof(*arg);

	for (size_t a = 0; a < count; a++)
		if (arg[a].role == SBX_ARG_INPUT && arg[a].where == SBX_WHERE_CWD && sbx_argv_lacks(words, &arg[a]))
			return true;
	return false;
}

static int grant_inputs(const struct sbx_outputs *outputs, const struct sbx_argv *words, struct sbx_err *err)
{
	const struct sbx_arg *arg = sbx_at(words->policy, words->policy->args);
	const size_t count = words->policy->args.len / sizeof(*arg);

	if (reads_cwd(words))
		sbx_input_grant_word(outputs, ".");
	for (size_t i = 0; i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);

		for (size_t a = 0; a < count; a++) {
			const char *text = arg[a].role == SBX_ARG_INPUT ? sbx_argv_at(words, &arg[a], word) : NULL;

			/* It may have come into being meanwhile; an output is no input then. */
			if (text && !(arg[a].derive == SBX_DERIVE_NONE && word->output) &&
			    grant_word(outputs, words, &arg[a], text, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* cp -rT DIR TO: what is in the other operands is put into the directory that `into` is. */
static int grant_contents(struct sbx_outputs *outputs, const struct sbx_argv *words, const struct sbx_arg *arg,
			  struct sbx_argv_word *into, struct sbx_err *err)
{
	into->output = into->into = true;
	for (size_t i = 0; i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);

		if (word->operand && word != into &&
		    sbx_output_grant_into(outputs, into->text, sbx_join(word->text, "/", ""), arg->flags, err) < 0)
			return -1;
	}
	return 0;
}

/* One output of the grammar. Sets `any` when there is a word at its place. */
static int grant_output(struct sbx_outputs *outputs, const struct sbx_argv *words, const struct sbx_arg *arg,
			struct sbx_argv_word *word, bool *any, struct sbx_err *err)
{
	const char *text = sbx_argv_at(words, arg, word);
	int granted;

	if (arg->where == SBX_WHERE_ABSENT) {
		granted = grant_absent(outputs, words, arg, word, err);
		word->output |= granted == 1;
		*any |= granted == 1;
		return granted < 0 ? -1 : 0;
	}
	*any |= text != NULL;
	if (!text || word->into || (word->self && !(arg->flags & SBX_ARG_SELF) && arg->derive == SBX_DERIVE_NONE))
		return 0;
	if ((arg->flags & SBX_ARG_CONTENTS) && arg->where == SBX_WHERE_LAST && existing_directory(outputs, text))
		return grant_contents(outputs, words, arg, word, err);
	word->output |= arg->derive == SBX_DERIVE_NONE;
	word->self |= (arg->flags & SBX_ARG_SELF) != 0;
	return grant_word(outputs, words, arg, text, err);
}

static bool is_last_into(const struct sbx_argv *words, const struct sbx_arg *arg)
{
	return !*sbx_str(words->policy, words->policy->strings, arg->text);
}

/* mv DIR DIR/sub, mv DIR/. TO: nothing can be moved into itself, nor by such a name, and all stays as it is. */
static bool moves_in_vain(const struct sbx_outputs *outputs, const struct sbx_argv *words)
{
	const struct sbx_arg *arg = sbx_at(words->policy, words->policy->args);
	const size_t count = words->policy->args.len / sizeof(*arg);
	const uint32_t moves = SBX_ARG_SELF | SBX_ARG_TREE;
	struct sbx_resolved to = { .path = NULL };

	for (size_t a = 0; a < count && !to.path; a++)
		for (size_t i = 0; arg[a].role == SBX_ARG_OUTPUT && arg[a].where == SBX_WHERE_LAST &&
				   (arg[a].flags & moves) == moves && !to.path && i < words->list.count;
		     i++) {
			const char *text = sbx_argv_at(words, &arg[a], sbx_vec_at(&words->list, i));

			if (text && sbx_resolve(outputs->cwd, text, &to) < 0)
				to.path = NULL;
		}
	for (size_t i = 0; to.path && i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);
		const char *dir = word->operand && word->operand < words->operands ?
					  existing_directory(outputs, word->text) :
					  NULL;

		if (dir && (sbx_path_within(to.path, dir) || sbx_is_dot_entry(sbx_basename(word->text))))
			return true;
	}
	return false;
}

static int grant_outputs(struct sbx_outputs *outputs, const struct sbx_argv *words, bool *any, struct sbx_err *err)
{
	const struct sbx_arg *arg = sbx_at(words->policy, words->policy->args);
	const size_t count = words->policy->args.len / sizeof(*arg);
	bool by_option = false;

	for (int last = 0; last < 2 && !by_option;
	     last++) /* the last operand is no such directory where an option is */
		for (size_t a = 0; a < count; a++)
			if (arg[a].role == SBX_ARG_OUTPUT && arg[a].where == SBX_WHERE_INTO &&
			    is_last_into(words, &arg[a]) == (last == 1) &&
			    grant_into(outputs, words, &arg[a], &by_option, err) < 0)
				return -1;
	for (size_t i = 0; i < words->list.count; i++)
		for (size_t a = 0; a < count; a++)
			if (arg[a].role == SBX_ARG_OUTPUT && !(by_option && arg[a].where == SBX_WHERE_LAST) &&
			    grant_output(outputs, words, &arg[a], sbx_vec_at(&words->list, i), any, err) < 0)
				return -1;
	return 0;
}

/* Outputs that no argument names: the current directory, or what is always called so in there. */
static int grant_unnamed(const struct sbx_outputs *outputs, const struct sbx_argv *words, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy = words->policy;
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++) {
		if (arg[i].role != SBX_ARG_OUTPUT)
			continue;
		if (arg[i].where == SBX_WHERE_CWD)
			sbx_output_grant_cwd(outputs);
		if (arg[i].where == SBX_WHERE_ELSE &&
		    grant_word(outputs, words, &arg[i], sbx_str(policy, policy->strings, arg[i].text), err) < 0)
			return -1;
	}
	return 0;
}

/* `count` words of argv, and no more, as an argv of their own. */
static char **first_words(char **argv, size_t count)
{
	char **first = sbx_alloc((count + 1) * sizeof(*first));

	memcpy(first, argv, count * sizeof(*first));
	return first;
}

static int grant_all_outputs(struct sbx_outputs *outputs, const struct sbx_argv *words, struct sbx_err *err)
{
	bool any = false;

	outputs->plan->grammar = words->policy;
	outputs->inputs_known = false;
	if (moves_in_vain(outputs, words))
		return 0;
	if (grant_outputs(outputs, words, &any, err) < 0)
		return -1;
	return any ? 0 : grant_unnamed(outputs, words, err);
}

static void grant_ways(const struct sbx_outputs *outputs, const struct sbx_argv *words)
{
	for (size_t i = 0; i < words->list.count; i++) {
		const struct sbx_argv_word *word = sbx_vec_at(&words->list, i);
		const char *equals = word->operand || word->value ? NULL : strchr(word->text, '=');

		sbx_grants_way(outputs->plan, outputs->cwd, equals ? equals + 1 : word->text);
	}
}

int sbx_grants_arguments(struct sbx_plan *plan, const char *cwd, char **argv, const struct sbx_grammar *grammar,
			 struct sbx_stage *stage, struct sbx_err *err)
{
	struct sbx_outputs outputs = { .plan = plan, .cwd = cwd, .stage = stage };
	const size_t count = grammar->from ? 2 : 1;
	struct sbx_argv words[2];

	stage->plan = plan;
	if (!(plan->policy->flags & grammar->policy->flags & SBX_POLICY_ARG_GRANTS))
		return 0;
	sbx_argv_parse(&words[0], grammar->policy, argv + grammar->from);
	if (count > 1)
		sbx_argv_parse(&words[1], plan->policy, first_words(argv, grammar->from));
	/* Outputs go first: a staging directory takes its directory's place, and inputs are granted over it. */
	for (size_t i = 0; i < count; i++)
		if (grant_all_outputs(&outputs, &words[i], err) < 0)
			return -1;
	sbx_input_show_granted(&outputs);
	for (size_t i = 0; i < count; i++) {
		plan->grammar = words[i].policy;
		if (grant_inputs(&outputs, &words[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		grant_ways(&outputs, &words[i]);
	return 0;
}
