/*
 * environ.c -- environ(7) filtered by the policy's patterns.
 */
#include "loader/environ.h"

#include <string.h>

#include "shim/children.h"
#include "shim/glob.h"
#include "shim/paths.h"

#define PRELOAD "LD_PRELOAD="

static bool has_name(const char *entry, const char *name, size_t len)
{
	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

static bool matches(const struct sbx_policy_blob *policy, enum sbx_env_op op, const char *name)
{
	const struct sbx_envrule *rule = sbx_at(policy, policy->env);
	const size_t count = policy->env.len / sizeof(*rule);

	for (size_t i = 0; i < count; i++)
		if (rule[i].op == (uint32_t)op && sbx_glob(sbx_str(policy, policy->strings, rule[i].text), name))
			return true;
	return false;
}

static bool listed(const struct sbx_vec *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (sbx_glob(*(char **)sbx_vec_at(patterns, i), name))
			return true;
	return false;
}

static bool passes(const struct sbx_policy_blob *policy, const struct sbx_options *options, const char *name)
{
	if (strncmp(name, "SBX_", 4) == 0 || listed(&options->unsetenv, name))
		return false;
	return listed(&options->keep_env, name) || matches(policy, SBX_ENV_KEEP, name) ||
	       !matches(policy, SBX_ENV_DROP, name);
}

static void set(struct sbx_vec *env, const char *entry)
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
static void add(struct sbx_vec *env, const char *entry)
{
	const size_t len = strcspn(entry, "="), size = strlen(entry + len + 1);
	const char *at;
	char **place = NULL;

	for (size_t i = 0; i < env->count && (!place || !has_name(*place, entry, len)); i++)
		place = sbx_vec_at(env, i);
	if (!place || !has_name(*place, entry, len) || !(*place)[len + 1]) {
		set(env, entry);
		return;
	}
	for (at = *place + len + 1; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strcspn(at, " ") == size && strncmp(at, entry + len + 1, size) == 0)
			return;
	*place = sbx_format("%s %s", *place, entry + len + 1);
}

struct sbx_vec sbx_environ_make(const struct sbx_policy_blob *policy, const struct sbx_options *options, char **from,
				struct sbx_vec *dropped)
{
	const struct sbx_envrule *rule = sbx_at(policy, policy->env);
	const size_t rules = policy->env.len / sizeof(*rule);
	struct sbx_vec env = { 0 };

	for (; from && *from; from++) {
		char *name = sbx_strndup(*from, strcspn(*from, "=")), *copy;

		if (passes(policy, options, name)) {
			copy = sbx_strdup(*from);
			sbx_vec_push(&env, sizeof(copy), &copy);
		} else if (dropped) {
			sbx_vec_push(dropped, sizeof(name), &name);
		}
	}
	for (size_t i = 0; i < rules; i++)
		if (rule[i].op == SBX_ENV_SET)
			set(&env, sbx_str(policy, policy->strings, rule[i].text));
	for (size_t i = 0; i < options->setenv.count; i++)
		set(&env, *(char **)sbx_vec_at(&options->setenv, i));
	for (size_t i = 0; i < rules; i++)
		if (rule[i].op == SBX_ENV_ADD)
			add(&env, sbx_str(policy, policy->strings, rule[i].text));
	return env;
}

/* The shim and, with `libraries`, what the policy has mapped before the latch, as LD_PRELOAD has them. */
static char *own_preloads(const struct sbx_policy_blob *policy, const char *shim, bool libraries, size_t *count)
{
	const struct sbx_preload *preload = sbx_at(policy, policy->preload);
	const size_t entries = libraries ? policy->preload.len / sizeof(*preload) : 0;
	char *text = sbx_strdup("");

	*count = 0;
	for (size_t i = 0; i < entries; i++) {
		if (preload[i].kind != SBX_PRELOAD_LIBRARY)
			continue;
		text = sbx_format("%s%s:", text, sbx_str(policy, policy->strings, preload[i].path));
		++*count;
	}
	return sbx_format("%s%s", text, shim);
}

size_t sbx_environ_preload(struct sbx_vec *env, const struct sbx_policy_blob *policy, const char *shim, bool libraries)
{
	size_t kept = 0, count;
	char *own = own_preloads(policy, shim, libraries, &count), *preload = NULL;

	for (size_t i = 0; i < env->count; i++) {
		char **entry = sbx_vec_at(env, i);

		if (!preload && strncmp(*entry, PRELOAD, sizeof(PRELOAD) - 1) == 0 && (*entry)[sizeof(PRELOAD) - 1])
			preload = sbx_format(PRELOAD "%s:%s", own, *entry + sizeof(PRELOAD) - 1);
		else
			((char **)(void *)env->items)[kept++] = *entry;
	}
	env->count = kept;
	if (!preload)
		preload = sbx_format(PRELOAD "%s", own);
	sbx_vec_push(env, sizeof(preload), &preload);
	return count;
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
