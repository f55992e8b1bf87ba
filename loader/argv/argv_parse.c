/* SPDX-License-Identifier: MIT */
/*
 * argv_parse.c -- reads argv by the profile's grammar. UNTRUSTED: every argument; one that begins with - is never a
 * path unless the grammar says so.
 */
#include "loader/argv/argv_parse.h"

#include <ctype.h>
#include <string.h>

#include "loader/argv/designation.h"
#include "shim/glob.h"

static const char *form_text(const struct sbx_policy_blob *policy, const struct sbx_arg *arg)
{
	return sbx_str(policy, policy->strings, arg->text);
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

static size_t count_dashes(const char *word)
{
	return word[0] != '-' ? 0 : word[1] != '-' ? 1 : 2;
}

/*
 * A pattern without a dash is for the letters that some commands take as their first argument: tar czf FILE. One with a
 * single dash means short options, several letters of which may stand together: -*f is not --diff.
 */
static bool is_named_by(const char *pattern, const char *word)
{
	return count_dashes(pattern) == count_dashes(word) && sbx_glob(pattern, word);
}

/* Does the short option take a value? Then the rest of the word is that value: -Hfoo is no -o. */
static bool letter_takes_value(const struct sbx_policy_blob *policy, char letter)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);
	bool takes = false;

	for (size_t i = 0; i < count; i++) {
		const char *text = form_text(policy, &arg[i]);
		const bool is_short = arg[i].where == SBX_WHERE_AFTER && count_dashes(text) == 1;
		const char *at = is_short ? text + 1 + (text[1] == '*' && text[2]) : "";

		if (at[0] != letter || at[1])
			continue;
		if (arg[i].role == SBX_ARG_FLAG)
			return false;
		takes = true;
	}
	return takes;
}

static bool names_option(const struct sbx_policy_blob *policy, const char *pattern, const char *word)
{
	if (!is_named_by(pattern, word))
		return false;
	if (pattern[0] != '-' || pattern[1] != '*' || !pattern[2] || pattern[3])
		return true;
	for (const char *at = word + 1; at[1]; at++)
		if (letter_takes_value(policy, *at))
			return false;
	return true;
}

/* The rest of an argument that begins as `arg` says, when there is one. */
static const char *rest_within(const struct sbx_policy_blob *policy, const struct sbx_arg *arg, const char *word)
{
	const char *text = form_text(policy, arg);
	const size_t len = strlen(text);

	return arg->where == SBX_WHERE_WITHIN && strncmp(word, text, len) == 0 && word[len] ? word + len : NULL;
}

/* It holds its value itself: --name=value, or a form says so. */
static bool holds_value(const struct sbx_policy_blob *policy, const char *word)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);

	if (strncmp(word, "--", 2) == 0 && strchr(word, '='))
		return true;
	for (size_t i = 0; i < count; i++)
		if (rest_within(policy, &arg[i], word))
			return true;
	return false;
}

/* An option whose values end with --: qpdf --pages FILE RANGE -- */
static bool is_group(const struct sbx_arg *arg)
{
	return arg->role == SBX_ARG_VALUE && arg->n;
}

static bool opens_group(const struct sbx_policy_blob *policy, const char *word)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++)
		if (is_group(&arg[i]) && is_named_by(form_text(policy, &arg[i]), word))
			return true;
	return false;
}

bool sbx_argv_takes_value(const struct sbx_policy_blob *policy, const char *word)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);
	bool takes = false;

	if (holds_value(policy, word))
		return false;
	for (size_t i = 0; i < count; i++) {
		const bool names = arg[i].where == SBX_WHERE_AFTER && !is_group(&arg[i]) &&
				   names_option(policy, form_text(policy, &arg[i]), word);

		if (names && arg[i].role == SBX_ARG_FLAG)
			return false;
		takes |= names;
	}
	return takes;
}

static void push_word(struct sbx_argv *words, struct sbx_argv_word word)
{
	sbx_vec_push(&words->list, sizeof(word), &word);
}

/* The values of an option up to --; in them, . is no directory but the command's input. Where the next argument is. */
static size_t push_group(struct sbx_argv *words, char *const *argv, size_t i)
{
	const char *option = argv[i - 1];

	for (; argv[i] && strcmp(argv[i], "--") != 0; i++)
		push_word(words, (struct sbx_argv_word){ .text = argv[i],
							 .behind = option,
							 .value = !is_option(argv[i]) && strcmp(argv[i], ".") != 0 });
	return argv[i] ? i + 1 : i;
}

/* Names that no argument spells out: an empty word that is nothing else has their place. */
static void push_fixed(struct sbx_argv *words)
{
	const struct sbx_arg *arg = sbx_at(words->policy, words->policy->args);
	const size_t count = words->policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++) {
		if (arg[i].where != SBX_WHERE_NAME)
			continue;
		push_word(words, (struct sbx_argv_word){ .text = "" });
		return;
	}
}

void sbx_argv_parse(struct sbx_argv *words, const struct sbx_policy_blob *policy, char *const *argv)
{
	const char *behind = NULL;
	bool only_operands = false;

	*words = (struct sbx_argv){ .policy = policy };
	for (size_t i = 1; argv[0] && argv[i]; i++) {
		const char *word = argv[i];
		const bool holds = !only_operands && holds_value(policy, word);

		if (only_operands ||
		    !(is_option(word) || holds || (i == 1 && word[0] != '-' && sbx_argv_takes_value(policy, word)))) {
			push_word(words, (struct sbx_argv_word){
						 .text = word, .behind = behind, .operand = ++words->operands });
			behind = NULL;
			continue;
		}
		only_operands = strcmp(word, "--") == 0;
		behind = only_operands || holds ? NULL : word;
		if (only_operands)
			continue;
		push_word(words, (struct sbx_argv_word){ .text = word });
		if (behind && opens_group(policy, word)) {
			i = push_group(words, argv, i + 1) - 1;
			behind = NULL;
			continue;
		}
		if (!behind || !sbx_argv_takes_value(policy, word) || !argv[i + 1])
			continue;
		push_word(words, (struct sbx_argv_word){ .text = argv[++i], .behind = word, .value = true });
		behind = NULL;
	}
	push_fixed(words);
}

/* NAME=VALUE, which env takes before the command. */
static bool is_assignment(const char *word)
{
	return word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '=';
}

static size_t command_operand(const struct sbx_policy_blob *policy)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++)
		if (arg[i].role == SBX_ARG_INPUT && arg[i].where == SBX_WHERE_COMMAND)
			return arg[i].n;
	return 0;
}

size_t sbx_argv_command(const struct sbx_policy_blob *policy, char *const *argv)
{
	size_t left = command_operand(policy);
	bool options = true;

	for (size_t i = 1; left && argv[0] && argv[i]; i++) {
		const char *word = argv[i];

		if (options && word[0] == '-') {
			options = strcmp(word, "--") != 0;
			i += options && sbx_argv_takes_value(policy, word) && argv[i + 1];
			continue;
		}
		options = false;
		if (is_assignment(word))
			continue;
		if (--left == 0)
			return i;
	}
	return 0;
}

const char *sbx_argv_at(const struct sbx_argv *words, const struct sbx_arg *arg, const struct sbx_argv_word *word)
{
	const bool is_output = arg->role == SBX_ARG_OUTPUT,
		   replaces = arg->derive == SBX_DERIVE_REPLACE || arg->derive == SBX_DERIVE_REPLACE_KNOWN;
	const size_t operand = word->operand, operands = words->operands;
	bool there = false;

	if (arg->where == SBX_WHERE_NAME)
		return word->value || operand || *word->text ? NULL : form_text(words->policy, arg);
	if (arg->where == SBX_WHERE_ASSIGNED)
		return sbx_designation_assigned(word);
	if (arg->where == SBX_WHERE_WITHIN)
		return word->value || operand ? NULL : rest_within(words->policy, arg, word->text);
	if (arg->where == SBX_WHERE_EXISTING)
		there = operand || word->value;
	else if (arg->where == SBX_WHERE_NTH)
		there = operand == arg->n && !(replaces && operands > arg->n);
	else if (arg->where == SBX_WHERE_FROM)
		there = operand >= arg->n;
	else if (arg->where == SBX_WHERE_LAST)
		there = operand && operand == operands && (operands > 1 || !is_output);
	else if (arg->where == SBX_WHERE_AFTER)
		there = word->behind && names_option(words->policy, form_text(words->policy, arg), word->behind);
	return there ? word->text : NULL;
}

/* The rest of `word` behind the option, "" when there is none; NULL when it isn't that option. -kS is -S, too. */
static const char *behind_option(const char *word, const char *option, size_t len)
{
	const char *rest = word + len;

	if (count_dashes(option) == 1 && len == 2 && count_dashes(word) == 1 && word[strlen(word) - 1] == option[1])
		return word + strlen(word);
	if (strncmp(word, option, len) != 0)
		return NULL;
	return !*rest || count_dashes(option) == 1 ? rest : *rest == '=' ? rest + 1 : NULL;
}

const char *sbx_argv_value_of(const char *options, const struct sbx_argv_word *word)
{
	const char *text = word->value ? word->behind : word->text;

	for (const char *at = options, *end; *at && !word->operand; at = end + (*end == ',')) {
		const char *rest;

		end = at + strcspn(at, ",");
		rest = behind_option(text, at, (size_t)(end - at));
		if (rest && !*rest == word->value)
			return word->value ? word->text : rest;
	}
	return NULL;
}

bool sbx_argv_lacks(const struct sbx_argv *words, const struct sbx_arg *arg)
{
	const char *options = sbx_str(words->policy, words->policy->strings, arg->suffix);
	size_t operands = words->operands;

	for (size_t i = 0; i < words->list.count; i++)
		if (sbx_argv_value_of(options, sbx_vec_at(&words->list, i))) {
			operands++;
			break;
		}
	return !arg->n || operands < arg->n;
}

bool sbx_argv_is_url(const char *text)
{
	const char *at = text;

	while (isalnum((unsigned char)*at) || (at > text && *at && strchr("+.-", *at)))
		at++;
	return at > text && strncmp(at, "://", 3) == 0;
}
