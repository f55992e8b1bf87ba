/* SPDX-License-Identifier: MIT */
/*
 * fuzz_args.c -- the grammar of arguments: forms, then arguments, NUL-separated. What is derived never leaves its
 * directory.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/config/argument_forms.h"
#include "loader/argv/output_names.h"
#include "loader/argv/argv_parse.h"
#include "loader/argv/designation.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/vec.h"
#include "tests/fuzz/fuzz.h"

#define FORMS 12
#define ARGS_MAX 64

static struct grammar {
	struct sbx_policy_blob policy;
	struct sbx_arg args[FORMS];
	char strings[2 * 8192];
} grammar;

static uint32_t put(const char *text)
{
	const uint32_t at = grammar.policy.strings.len;
	const size_t len = strlen(text) + 1;

	if (at + len > sizeof(grammar.strings))
		return 0;
	memcpy(grammar.strings + at, text, len);
	grammar.policy.strings.len += (uint32_t)len;
	return at;
}

static void add(struct sbx_pool *pool, size_t i, const char *text)
{
	const uint32_t role = (uint32_t)(i % SBX_ARG__COUNT);
	struct sbx_form form = { .where = SBX_WHERE_AFTER, .text = text, .suffix = "" };

	if (role >= SBX_ARG_INPUT && sbx_form_parse(pool, (enum sbx_arg_role)role, text, &form) < 0)
		return;
	grammar.args[grammar.policy.args.len / sizeof(struct sbx_arg)] = (struct sbx_arg){
		role, form.where, form.derive, form.n, put(form.text), put(form.suffix), form.flags, 0
	};
	grammar.policy.args.len += (uint32_t)sizeof(struct sbx_arg);
}

static void check_names(const struct sbx_arg *arg, const char *word, char **argv)
{
	const size_t dir = (size_t)(sbx_basename(word) - word);
	struct sbx_names names;

	sbx_output_names_derive((enum sbx_arg_derive)arg->derive, grammar.strings + arg->suffix, word, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *base = sbx_basename(names.path[i]);

		if (arg->derive == SBX_DERIVE_NONE || arg->derive == SBX_DERIVE_PREFIXED ||
		    arg->derive == SBX_DERIVE_INDEXED)
			continue;
		if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
			abort();
		if (arg->derive == SBX_DERIVE_URL ? base != names.path[i] : strncmp(names.path[i], word, dir) != 0)
			abort();
	}
	for (size_t i = 0; names.dir && argv[i]; i++)
		sbx_output_names_fit(&names.pattern, sbx_basename(argv[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = sbx_strndup((const char *)data, size), *argv[ARGS_MAX + 1] = { NULL };
	struct sbx_pool pool = { 0 };
	struct sbx_argv words;
	size_t argc = 0, forms = 0;

	memset(&grammar, 0, offsetof(struct grammar, strings) + 1);
	grammar.policy.args.off = offsetof(struct grammar, args);
	grammar.policy.strings = (struct sbx_span){ offsetof(struct grammar, strings), 1 };
	for (size_t at = 0; at < size && argc < ARGS_MAX; at += strlen(text + at) + 1) {
		if (forms < FORMS)
			add(&pool, forms++, text + at);
		else
			argv[argc++] = text + at;
	}
	sbx_argv_parse(&words, &grammar.policy, argv);
	for (size_t i = 0; i < words.list.count; i++) {
		const char *designated;

		sbx_designation_of(&words, sbx_vec_at(&words.list, i), &designated);
		for (size_t a = 0; a < grammar.policy.args.len / sizeof(struct sbx_arg); a++) {
			const char *word = sbx_argv_at(&words, &grammar.args[a], sbx_vec_at(&words.list, i));

			if (word)
				check_names(&grammar.args[a], word, argv);
		}
	}
	sbx_pool_free(&pool);
	return 0;
}

size_t sbx_fuzz_seed(uint8_t *seed, size_t room)
{
	static const char args[] =
		"-v\0-y\0existing\0"
		"1>.txt\0"
		"-*\0--f*\0after: -i#\0"
		"last#\0c*f\0-z\0"
		"2...:\0"
		"1...@\0"
		"cmd\0czf\0a/b.pdf\0-v\0x\0-i\0img%03d.png\0--out=x\0png:y.1\0http://h/a%2fb.c?q#f\0img001.png\0"
		"b-01.pdf\0--\0b.txt";

	if (sizeof(args) > room)
		return 0;
	memcpy(seed, args, sizeof(args));
	return sizeof(args);
}
