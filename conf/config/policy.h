/* SPDX-License-Identifier: MIT */
/*
 * policy.h -- a policy as people write it: one value for each key, with the place it came from; and the profiles.
 */
#ifndef SBX_CONF_CONFIG_POLICY_H
#define SBX_CONF_CONFIG_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/base/errors.h"
#include "conf/config/policy_keys.h"

enum sbx_net { SBX_NET_NONE, SBX_NET_LOOPBACK, SBX_NET_HOST, SBX_NET_HOSTS };

struct sbx_item {
	const char *text;
	struct sbx_origin origin;
	unsigned int rank; /* as its value's */
};
struct sbx_list {
	struct sbx_item *items;
	size_t count;
};

struct sbx_value {
	bool set;
	struct sbx_origin origin;
	unsigned int rank; /* in an effective policy: 0 for default, more for each profile, most for --set */
	uint64_t number;   /* BOOL, WORD (its position), SIZE (bytes), COUNT */
	const char *text;  /* WORD, SIZE: as written */
	struct sbx_list list;
};

struct sbx_policy {
	struct sbx_value values[SBX_KEY__COUNT];
};

struct sbx_profile {
	const char *name;
	struct sbx_origin origin;
	bool builtin;
	const char *inherit; /* NULL: from the default policy */
	struct sbx_origin inherit_origin;
	const struct sbx_profile *amends; /* what an earlier source calls so, when it inherits from its own name */
	struct sbx_list match;
	struct sbx_policy policy;
};
struct sbx_profiles {
	struct sbx_profile *items;
	size_t count;
};

/* Everything that the sources say, before a profile is chosen. */
struct sbx_config {
	struct sbx_pool *pool;
	struct sbx_errs *errs;
	struct sbx_policy base; /* `default` */
	struct sbx_profiles profiles;
	struct sbx_policy set; /* --set */
	struct sbx_list read;  /* the config files that were read */
	struct sbx_list texts; /* what stood in them */
	struct sbx_list files; /* they, and the directories that may hold more, by each of their absolute names */
};

#define SBX_DEFAULT_PROFILE "default"

/* The item that stands for the list that is inherited. */
#define SBX_INHERITED "..."

/* `over` with the items of `under`, if it isn't NULL, where "..." stands. Items keep their origins. */
struct sbx_list sbx_list_extend(struct sbx_pool *pool, const struct sbx_list *under, const struct sbx_list *over);

/* Lay a value over what an earlier source says. */
void sbx_value_lay(struct sbx_pool *pool, struct sbx_value *under, const struct sbx_value *over);

/* The profile of that name, or NULL. */
struct sbx_profile *sbx_profile_find(const struct sbx_config *config, const char *name);

/*
 * The effective policy of a profile: default, the profiles it inherits from, itself, --set. Returns 0, or -1 with an
 * error added for an unknown name or a cycle.
 */
int sbx_policy_resolve(const struct sbx_config *config, const char *name, struct sbx_policy *policy);

/* Resolve every profile, for the errors. Returns -1 when there were any. */
int sbx_policy_check_inheritance(const struct sbx_config *config);

static inline bool sbx_policy_bool(const struct sbx_policy *policy, enum sbx_key_id id)
{
	return policy->values[id].number != 0;
}

/* Does net.connect or net.bind name ports, rather than "any"? */
bool sbx_policy_ports(const struct sbx_policy *policy, enum sbx_key_id id);

static inline const struct sbx_list *sbx_policy_list(const struct sbx_policy *policy, enum sbx_key_id id)
{
	return &policy->values[id].list;
}

/* Bits 1 << position of the words listed under a key of type WORDS. */
uint32_t sbx_policy_words(const struct sbx_policy *policy, enum sbx_key_id id);

/* Does the list under `id` hold `word`? */
bool sbx_policy_has(const struct sbx_policy *policy, enum sbx_key_id id, const char *word);

#endif
