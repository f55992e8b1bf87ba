/* SPDX-License-Identifier: MIT */
/*
 * argv_parse.c -- reads argv by the profile's grammar. UNTRUSTED: every argument; one that begins with - is never a
 * path unless the grammar says so.
 */
#include "loader/argv/argv_parse.h"

#include <ctype.h>
#include <string.h>

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
static bool names_option(const char *pattern, const char *word)
{
	return count_dashes(pattern) == count_dashes(word) && sbx_glob(pattern, word);
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

bool sbx_argv_takes_value(const struct sbx_policy_blob *policy, const char *word)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);
	bool takes = false;

	if (holds_value(policy, word))
		return false;
	for (size_t i = 0; i < count; i++) {
		const bool names = arg[i].where == SBX_WHERE_AFTER && names_option(form_text(policy, &arg[i]), word);

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

void sbx_argv_parse(struct sbx_argv *words, const struct sbx_policy_blob *policy, char **argv)
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
		if (!behind || !sbx_argv_takes_value(policy, word) || !argv[i + 1])
			continue;
		push_word(words, (struct sbx_argv_word){ .text = argv[++i], .behind = word, .value = true });
		behind = NULL;
	}
}

const char *sbx_argv_at(const struct sbx_argv *words, const struct sbx_arg *arg, const struct sbx_argv_word *word)
{
	const bool is_output = arg->role == SBX_ARG_OUTPUT, replaces = arg->derive == SBX_DERIVE_REPLACE;
	const size_t operand = word->operand, operands = words->operands;
	bool there = false;

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
		there = word->behind && names_option(form_text(words->policy, arg), word->behind);
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

bool sbx_argv_is_url(const char *text)
{
	const char *at = text;

	while (isalnum((unsigned char)*at) || (at > text && *at && strchr("+.-", *at)))
		at++;
	return at > text && strncmp(at, "://", 3) == 0;
}
