/* SPDX-License-Identifier: MIT */
/*
 * policy.c -- choosing a profile and laying it over what it inherits from.
 */
#include "conf/config/policy.h"

#include <string.h>

#include "conf/base/did_you_mean.h"

#define DEPTH_MAX 64 /* profiles in one chain of inheritance */

struct sbx_profile *sbx_profile_find(const struct sbx_config *config, const char *name)
{
	for (size_t i = 0; i < config->profiles.count; i++)
		if (!strcmp(config->profiles.items[i].name, name))
			return &config->profiles.items[i];
	return NULL;
}

int sbx_policy_check_inheritance(const struct sbx_config *config)
{
	struct sbx_policy scratch;
	int rc = 0;

	for (size_t i = 0; i < config->profiles.count; i++)
		rc |= sbx_policy_resolve(config, config->profiles.items[i].name, &scratch);
	return rc;
}

struct sbx_list sbx_list_extend(struct sbx_pool *pool, const struct sbx_list *under, const struct sbx_list *over)
{
	struct sbx_list list = { NULL, 0 };

	for (size_t i = 0; i < over->count; i++) {
		if (strcmp(over->items[i].text, SBX_INHERITED) != 0) {
			*SBX_APPEND(pool, &list) = over->items[i];
			continue;
		}
		for (size_t j = 0; under && j < under->count; j++)
			*SBX_APPEND(pool, &list) = under->items[j];
	}
	return list;
}

void sbx_value_lay(struct sbx_pool *pool, struct sbx_value *under, const struct sbx_value *over)
{
	struct sbx_list list = over->list;

	if (under->set)
		list = sbx_list_extend(pool, &under->list, &over->list);
	*under = *over;
	under->list = list;
}

/* Lists of ports are for the host's network, and hosts for "hosts": who chooses another one needn't know of the lists
 * that are inherited. */
static void forget_ports(struct sbx_pool *pool, struct sbx_policy *under, const struct sbx_policy *over)
{
	static const enum sbx_key_id lists[] = { SBX_KEY_NET_CONNECT, SBX_KEY_NET_BIND };
	const struct sbx_value *mode = &over->values[SBX_KEY_NET_MODE];

	for (size_t i = 0; mode->set && mode->number != SBX_NET_HOST && i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct sbx_value any = { .set = true, .origin = mode->origin };

		*SBX_APPEND(pool, &any.list) = (struct sbx_item){ .text = "any", .origin = mode->origin };
		under->values[lists[i]] = any;
	}
	if (mode->set && mode->number != SBX_NET_HOSTS)
		under->values[SBX_KEY_NET_HOSTS] = (struct sbx_value){ .set = true, .origin = mode->origin };
}

static void overlay_policy(struct sbx_pool *pool, struct sbx_policy *under, const struct sbx_policy *over,
			   unsigned int rank)
{
	forget_ports(pool, under, over);
	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		struct sbx_value value = over->values[id];

		if (!value.set)
			continue;
		value.rank = rank;
		value.list = (struct sbx_list){ NULL, 0 };
		for (size_t i = 0; i < over->values[id].list.count; i++) {
			struct sbx_item *item = SBX_APPEND(pool, &value.list);

			*item = over->values[id].list.items[i];
			item->rank = rank;
		}
		sbx_value_lay(pool, &under->values[id], &value);
	}
}

/* With nothing left to inherit from, "..." stands for nothing. */
static void finish_lists(struct sbx_pool *pool, struct sbx_policy *policy)
{
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (sbx_policy_has(policy, (enum sbx_key_id)id, SBX_INHERITED))
			policy->values[id].list = sbx_list_extend(pool, NULL, &policy->values[id].list);
}

static int unknown_profile(const struct sbx_config *config, const char *name, struct sbx_origin origin)
{
	struct sbx_nearest nearest;

	sbx_nearest_start(&nearest, name);
	sbx_nearest_offer(&nearest, SBX_DEFAULT_PROFILE);
	for (size_t i = 0; i < config->profiles.count; i++)
		sbx_nearest_offer(&nearest, config->profiles.items[i].name);
	return sbx_errs_add(config->errs, origin, "no profile \"%s\"%s", name,
			    sbx_nearest_text(config->pool, &nearest));
}

static int inheritance_cycle(const struct sbx_config *config, const struct sbx_profile *const *chain, size_t depth)
{
	const char *text = chain[0]->name;

	for (size_t i = 1; i < depth; i++)
		text = sbx_pool_printf(config->pool, "%s -> %s", text, chain[i]->name);
	return sbx_errs_add(config->errs, chain[0]->inherit_origin, "profile inherits from itself: %s -> %s", text,
			    chain[depth - 1]->inherit);
}

/* What a file says of limits in its default is for all commands: a built-in profile knows no better. */
static void keep_limits(const struct sbx_policy *base, struct sbx_policy *policy)
{
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (!strcmp(sbx_keys[id].group, "limits") && sbx_origin_builtin(&policy->values[id].origin) &&
		    !sbx_origin_builtin(&base->values[id].origin))
			policy->values[id] = base->values[id];
}

int sbx_policy_resolve(const struct sbx_config *config, const char *name, struct sbx_policy *policy)
{
	const struct sbx_profile *chain[DEPTH_MAX], *profile = NULL;
	struct sbx_origin origin = { NULL, 0 };
	size_t depth = 0;
	unsigned int rank = 0;

	while (name && strcmp(name, SBX_DEFAULT_PROFILE) != 0) {
		profile = profile && profile->amends ? profile->amends : sbx_profile_find(config, name);
		if (!profile)
			return unknown_profile(config, name, origin);
		for (size_t i = 0; i < depth; i++)
			if (chain[i] == profile)
				return inheritance_cycle(config, chain, depth);
		if (depth == DEPTH_MAX)
			return sbx_errs_add(config->errs, origin, "more than %d profiles inherit from each other",
					    DEPTH_MAX);
		chain[depth++] = profile;
		origin = profile->inherit_origin;
		name = profile->inherit;
	}
	*policy = config->base;
	while (depth-- > 0)
		overlay_policy(config->pool, policy, &chain[depth]->policy, ++rank);
	keep_limits(&config->base, policy);
	overlay_policy(config->pool, policy, &config->set, ++rank);
	finish_lists(config->pool, policy);
	return 0;
}

uint32_t sbx_policy_words(const struct sbx_policy *policy, enum sbx_key_id id)
{
	const struct sbx_list *list = &policy->values[id].list;
	uint32_t bits = 0;

	for (size_t i = 0; i < list->count; i++) {
		int at = sbx_word_find(sbx_keys[id].words, list->items[i].text);

		if (at >= 0)
			bits |= 1u << at;
	}
	return bits;
}

bool sbx_policy_ports(const struct sbx_policy *policy, enum sbx_key_id id)
{
	return !sbx_policy_has(policy, id, "any");
}

bool sbx_policy_has(const struct sbx_policy *policy, enum sbx_key_id id, const char *word)
{
	const struct sbx_list *list = &policy->values[id].list;

	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].text, word))
			return true;
	return false;
}
