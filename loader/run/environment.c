/* SPDX-License-Identifier: MIT */
/*
 * environment.c -- environ(7) filtered by the policy's patterns.
 */
#include "loader/run/environment.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/base/path.h"
#include "shim/children.h"
#include "shim/glob.h"
#include "shim/paths.h"

#define PRELOAD "LD_PRELOAD="

static bool has_name(const char *entry, const char *name, size_t len)
{
	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

/*
 * A variable's name, or a pattern for it, with its pairs of neighbouring letters as bits: a pattern matches no name
 * that lacks one of its own. Few have all, and each of the caller's variables is held against all of those that begin
 * with a star or as it does.
 */
struct name {
	const char *text;
	size_t len;
	uint64_t pairs;
	unsigned int next; /* of a pattern: where the next one that begins so stands in the list, from 1 on; 0 behind
			      the last */
};

#define HEADS 32

struct patterns {
	struct sbx_vec list;       /* struct name */
	unsigned int first[HEADS]; /* as next */
};

static unsigned int head_of(char letter)
{
	return (unsigned char)letter % HEADS;
}

/* Of a pattern, or of an entry, up to `end`. */
static struct name name_of(const char *text, char end)
{
	struct name name = { .text = text };
	unsigned int before = '*';

	for (unsigned int letter; (letter = (unsigned char)text[name.len]) && letter != (unsigned char)end;
	     name.len++) {
		if (letter != '*' && before != '*')
			name.pairs |= UINT64_C(1) << ((before * 7 + letter) & 63);
		before = letter;
	}
	return name;
}

static bool name_matches(const struct name *pattern, const struct name *name)
{
	return !(pattern->pairs & ~name->pairs) && sbx_globn(pattern->text, name->text, name->len);
}

static bool is_listed_under(const struct patterns *patterns, char letter, const struct name *name)
{
	const struct name *list = (const void *)patterns->list.items;
	unsigned int at = patterns->first[head_of(letter)];

	while (at && !name_matches(&list[at - 1], name))
		at = list[at - 1].next;
	return at;
}

static bool is_listed(const struct patterns *patterns, const struct name *name)
{
	return is_listed_under(patterns, '*', name) || is_listed_under(patterns, name->len ? name->text[0] : 0, name);
}

static void add_pattern(struct patterns *patterns, const char *text)
{
	struct name pattern = text[0] == '*' ? name_of(text, '=') : (struct name){ .text = text };
	unsigned int *first = &patterns->first[head_of(text[0] == '=' ? 0 : text[0])];

	pattern.next = *first;
	sbx_vec_push(&patterns->list, sizeof(pattern), &pattern);
	*first = (unsigned int)patterns->list.count;
}

/* Options win over the policy, keep over drop. */
struct sieve {
	struct patterns unset, keep, drop;
	struct sbx_vec drop_entries; /* struct name: patterns of NAME=VALUE */
};

static struct sieve make_sieve(const struct sbx_policy_blob *policy, const struct sbx_options *options)
{
	const struct sbx_envrule *rule = sbx_at(policy, policy->env);
	const size_t rules = policy->env.len / sizeof(*rule);
	struct sieve sieve = { 0 };

	for (size_t i = 0; i < options->unsetenv.count; i++)
		add_pattern(&sieve.unset, *(char **)sbx_vec_at(&options->unsetenv, i));
	for (size_t i = 0; i < options->keep_env.count; i++)
		add_pattern(&sieve.keep, *(char **)sbx_vec_at(&options->keep_env, i));
	for (size_t i = 0; i < rules; i++) {
		const char *text = sbx_str(policy, policy->strings, rule[i].text);

		if (rule[i].op == SBX_ENV_DROP && strchr(text, '=')) {
			const struct name whole = name_of(text, 0);

			sbx_vec_push(&sieve.drop_entries, sizeof(whole), &whole);
		} else if (rule[i].op == SBX_ENV_KEEP || rule[i].op == SBX_ENV_DROP)
			add_pattern(rule[i].op == SBX_ENV_KEEP ? &sieve.keep : &sieve.drop, text);
	}
	return sieve;
}

/* Where a pattern has a star between "://" and "@", it matches what may stand before the host of a URL: no slash. */
static bool has_userinfo(const char *pattern, const char *entry)
{
	const char *part = strstr(pattern, "://*@"), *at = entry;
	const char *head = part ? sbx_strndup(pattern, (size_t)(part - pattern)) : NULL;

	while (part && (at = strstr(at, "://"))) {
		if (sbx_globn(head, entry, (size_t)(at - entry)) && at[3 + strcspn(at + 3, "@/?# \t\n")] == '@')
			return true;
		at += 3;
	}
	return !part;
}

/* A value that gives a variable away whatever its name is. */
static bool is_dropped_whole(const struct sieve *sieve, const char *entry)
{
	const struct name whole = name_of(entry, 0);

	for (size_t i = 0; i < sieve->drop_entries.count; i++) {
		const struct name *pattern = sbx_vec_at(&sieve->drop_entries, i);

		if (name_matches(pattern, &whole) && has_userinfo(pattern->text, entry))
			return true;
	}
	return false;
}

static bool is_kept(const struct sieve *sieve, const char *entry)
{
	const struct name name = name_of(entry, '=');

	return strncmp(entry, "SBX_", 4) != 0 && !is_listed(&sieve->unset, &name) &&
	       (is_listed(&sieve->keep, &name) || (!is_listed(&sieve->drop, &name) && !is_dropped_whole(sieve, entry)));
}

static void set_variable(struct sbx_vec *env, const char *entry)
{
	const size_t len = strcspn(entry, "=");
	char *copy = sbx_strdup(entry);

	for (size_t i = 0; i < env->count; i++) {
		char **place = sbx_vec_at(env, i);

		if (has_name(*place, entry, len)) {
			*place = copy;
			return;
		}
	}
	sbx_vec_push(env, sizeof(copy), &copy);
}

/* NAME=WORD: WORD behind what NAME is, with a space between, if it isn't one of its words already. */
static void add_word(struct sbx_vec *env, const char *entry)
{
	const size_t len = strcspn(entry, "="), size = strlen(entry + len + 1);
	const char *at;
	char **place = NULL;

	for (size_t i = 0; i < env->count && (!place || !has_name(*place, entry, len)); i++)
		place = sbx_vec_at(env, i);
	if (!place || !has_name(*place, entry, len) || !(*place)[len + 1]) {
		set_variable(env, entry);
		return;
	}
	for (at = *place + len + 1; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strcspn(at, " ") == size && strncmp(at, entry + len + 1, size) == 0)
			return;
	*place = sbx_join(*place, " ", entry + len + 1);
}

struct sbx_vec sbx_environ_make(const struct sbx_policy_blob *policy, const struct sbx_options *options, char **from,
				struct sbx_vec *dropped)
{
	const struct sbx_envrule *rule = sbx_at(policy, policy->env);
	const size_t rules = policy->env.len / sizeof(*rule);
	const struct sieve sieve = make_sieve(policy, options);
	struct sbx_vec env = { 0 };

	for (; from && *from; from++) {
		if (is_kept(&sieve, *from)) {
			sbx_vec_push(&env, sizeof(*from), from);
		} else if (dropped) {
			char *name = sbx_strndup(*from, strcspn(*from, "="));

			sbx_vec_push(dropped, sizeof(name), &name);
		}
	}
	for (size_t i = 0; i < rules; i++)
		if (rule[i].op == SBX_ENV_SET)
			set_variable(&env, sbx_str(policy, policy->strings, rule[i].text));
	for (size_t i = 0; i < options->setenv.count; i++)
		set_variable(&env, *(char **)sbx_vec_at(&options->setenv, i));
	for (size_t i = 0; i < rules; i++)
		if (rule[i].op == SBX_ENV_ADD)
			add_word(&env, sbx_str(policy, policy->strings, rule[i].text));
	return env;
}

void sbx_environ_no_leaks(struct sbx_vec *env, const char *tell)
{
	static const char *const names[] = { "ASAN_OPTIONS", "LSAN_OPTIONS" };

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		const size_t len = strlen(names[n]);
		const char *had = "";

		for (size_t i = 0; i < env->count; i++) {
			const char *entry = *(char **)sbx_vec_at(env, i);

			if (strncmp(entry, names[n], len) == 0 && entry[len] == '=' && entry[len + 1])
				had = sbx_join(entry + len + 1, ":", "");
		}
		set_variable(env, sbx_format("%s=%sdetect_leaks=0", names[n], had));
	}
	if (tell)
		sbx_say(stderr, "sbx-wrap: environment: %s: detect_leaks=0: to look for leaks takes ptrace(2)", tell);
}

/*
 * The shim and, with `libraries`, what the policy has mapped before the latch, as LD_PRELOAD has them. The shim stands
 * there twice: what ld.so(8) can't load it ignores, and one error (no memory, no descriptor) must not cost the latch.
 * Of one that is loaded it takes no further notice.
 */
static char *own_preloads(const struct sbx_policy_blob *policy, const char *shim, bool libraries, size_t *count)
{
	const struct sbx_preload *preload = sbx_at(policy, policy->preload);
	const size_t entries = libraries ? policy->preload.len / sizeof(*preload) : 0;
	char *text = sbx_strdup("");

	*count = 0;
	for (size_t i = 0; i < entries; i++) {
		if (preload[i].kind != SBX_PRELOAD_LIBRARY)
			continue;
		text = sbx_join(text, sbx_str(policy, policy->strings, preload[i].path), ":");
		++*count;
	}
	return sbx_join(text, shim, ":", shim);
}

size_t sbx_environ_preload(struct sbx_vec *env, const struct sbx_policy_blob *policy, const char *shim, bool libraries)
{
	size_t kept = 0, count;
	char *own = own_preloads(policy, shim, libraries, &count), *preload = NULL;

	for (size_t i = 0; i < env->count; i++) {
		char **entry = sbx_vec_at(env, i);

		if (!preload && strncmp(*entry, PRELOAD, sizeof(PRELOAD) - 1) == 0 && (*entry)[sizeof(PRELOAD) - 1])
			preload = sbx_join(PRELOAD, own, ":", *entry + sizeof(PRELOAD) - 1);
		else
			((char **)(void *)env->items)[kept++] = *entry;
	}
	env->count = kept;
	if (!preload)
		preload = sbx_join(PRELOAD, own);
	sbx_vec_push(env, sizeof(preload), &preload);
	return count;
}

/* The list of LD_PRELOAD without whatever is called as the shim is, "" where nothing is left. */
static const char *without_shim(const char *list)
{
	static const char separators[] = " :"; /* ld.so(8) */
	const char *rest = "";

	for (list += strspn(list, separators); *list; list += strspn(list, separators)) {
		const size_t len = strcspn(list, separators);
		const char *path = sbx_strndup(list, len);

		list += len;
		if (strcmp(sbx_basename(path), SBX_SHIM_NAME) != 0)
			rest = sbx_join(rest, *rest ? ":" : "", path);
	}
	return rest;
}

void sbx_environ_drop_shim(struct sbx_vec *env)
{
	size_t kept = 0;

	for (size_t i = 0; i < env->count; i++) {
		char **entry = sbx_vec_at(env, i);

		if (strncmp(*entry, PRELOAD, sizeof(PRELOAD) - 1) == 0 && strstr(*entry, SBX_SHIM_NAME)) {
			const char *rest = without_shim(*entry + sizeof(PRELOAD) - 1);

			if (!*rest)
				continue;
			*entry = sbx_join(PRELOAD, rest);
		}
		((char **)(void *)env->items)[kept++] = *entry;
	}
	env->count = kept;
}

void sbx_environ_latch(struct sbx_vec *env, const struct sbx_latch_place *place)
{
	char *latch = place->ack < 0 ? sbx_format(SBX_LATCH_ENV "=%d,-,%zu", place->layer, place->own) :
				       sbx_format(SBX_LATCH_ENV "=%d,%d,%zu", place->layer, place->ack, place->own);

	sbx_vec_push(env, sizeof(latch), &latch);
}

void sbx_environ_children(struct sbx_vec *env)
{
	char *none = sbx_format(SBX_CHILDREN_ENV "=%0*d", (int)SBX_CHILDREN_DIGITS, 0);

	sbx_vec_push(env, sizeof(none), &none);
}
