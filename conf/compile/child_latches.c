/* SPDX-License-Identifier: MIT */
/*
 * child_latches.c -- the table of what the programs that the command starts stack on themselves; shim/blob.h,
 * shim/children.h.
 *
 * A child's layer is what its profile drops, not what it grants: it keeps the command's files, and loses execution,
 * network, processes and devices as the profile says. --set and options are the command's own, not its children's.
 */
#include "conf/compile/child_latches.h"

#include <sched.h>
#include <string.h>

#include "conf/compile/allowed_calls.h"
#include "conf/compile/blob_emit.h"
#include "conf/compile/landlock_rights.h"
#include "conf/compile/landlock_rules.h"
#include "conf/compile/layer_filters.h"
#include "conf/config/argument_forms.h"
#include "conf/config/profile_match.h"
#include "conf/seccomp/filter_compile.h"

struct known_filter {
	struct sbx_filter_spec spec;
	struct sbx_filter filter;
};
struct table {
	struct sbx_build *outer;
	struct sbx_config config; /* without --set */
	struct sbx_bytes entries; /* struct sbx_child[] */
	struct sbx_strings strings;
	struct {
		struct sbx_bytes *items;
		size_t count;
	} layers;
	struct {
		struct known_filter *items; /* most profiles share a few: each is built once */
		size_t count;
	} filters;
};

static int child_filter(struct table *table, const struct sbx_build *child, struct sbx_filter *filter)
{
	struct known_filter *known;
	struct sbx_filter_spec spec;
	const char *why;

	sbx_layer_filters_child_spec(child, &spec);
	for (size_t i = 0; i < table->filters.count; i++) {
		known = &table->filters.items[i];
		if (known->spec.when == spec.when && !memcmp(&known->spec.set, &spec.set, sizeof(spec.set))) {
			*filter = known->filter;
			return 0;
		}
	}
	if (sbx_filter_compile(child->pool, &spec, filter, &why) < 0)
		return sbx_errs_add(child->errs, child->policy->values[SBX_KEY_SECCOMP_ALLOW].origin, "seccomp: %s",
				    why);
	known = SBX_APPEND(child->pool, &table->filters);
	known->spec = spec;
	known->filter = *filter;
	return 0;
}

/* The number of the layer of `profile` in the table; -1 with errors added. */
static int child_layer(struct table *table, const struct sbx_profile *profile, const struct sbx_policy *policy)
{
	const struct sbx_build *outer = table->outer;
	struct sbx_build child = { .pool = outer->pool,
				   .errs = outer->errs,
				   .policy = policy,
				   .profile = profile->name,
				   .user = outer->user,
				   .abi = outer->abi,
				   .namespaces = outer->namespaces,
				   .network =
					   sbx_network_resolve_child(outer->pool, policy, outer->abi, &outer->network),
				   .rooted = outer->rooted };
	struct sbx_bytes layer;

	if (child.network.unheld && !sbx_policy_has(outer->policy, SBX_KEY_BEST_EFFORT, "landlock"))
		return sbx_errs_add(
			child.errs, profile->origin,
			"children: the ports of profile \"%s\" need Landlock ABI %u, this kernel has ABI %u; "
			"list \"landlock\" in best_effort",
			profile->name, SBX_NET_BIND_TCP_ABI, child.abi);
	sbx_landlock_rules_build(&child);
	if (child_filter(table, &child, &child.latch.filter) < 0)
		return -1;
	sbx_landlock_rules_child(&child);
	sbx_emit_layer(child.pool, &child.latch, &layer);
	for (size_t i = 0; i < table->layers.count; i++)
		if (table->layers.items[i].len == layer.len &&
		    !memcmp(table->layers.items[i].bytes, layer.bytes, layer.len))
			return (int)i;
	if (table->layers.count == SBX_CHILDREN_MAX)
		return sbx_errs_add(child.errs, profile->origin, "children: more than %u different latches",
				    SBX_CHILDREN_MAX);
	*SBX_APPEND(child.pool, &table->layers) = layer;
	return (int)table->layers.count - 1;
}

/* Its latch would be that of what it starts, which has one of its own or what the script has. */
static bool starts_another(struct sbx_pool *pool, const struct sbx_policy *policy)
{
	const struct sbx_list *inputs = sbx_policy_list(policy, SBX_KEY_ARGS_INPUTS);

	for (size_t i = 0; i < inputs->count; i++) {
		struct sbx_form form = { .n = 0 };

		if (sbx_form_parse(pool, SBX_ARG_INPUT, inputs->items[i].text, &form) == 0 &&
		    form.where == SBX_WHERE_COMMAND)
			return true;
	}
	return false;
}

static int add_profile(struct table *table, const struct sbx_profile *profile)
{
	struct sbx_policy policy;
	bool latches;
	int layer = -1;

	if (sbx_policy_resolve(&table->config, profile->name, &policy) < 0)
		return -1;
	latches = policy.values[SBX_KEY_LATCH].number != SBX_LATCH_OFF && !starts_another(table->outer->pool, &policy);
	for (size_t i = 0; i < profile->match.count; i++) {
		const char *pattern = profile->match.items[i].text;
		struct sbx_child entry = { .layer = SBX_CHILD_NO_LAYER };

		/* With a path, or words for the arguments, an entry says what a program can't know of itself. */
		if (!sbx_match_is_name(pattern))
			continue;
		if (latches && layer < 0) {
			layer = child_layer(table, profile, &policy);
			if (layer < 0)
				return -1;
		}
		if (latches)
			entry.layer = (uint32_t)layer;
		entry.pattern = sbx_strings_put(&table->strings, pattern);
		entry.profile = sbx_strings_put(&table->strings, profile->name);
		sbx_bytes_put(&table->entries, &entry, sizeof(entry));
	}
	return 0;
}

/* The index, sealed, and behind it the layers. */
static void emit_children(struct table *table)
{
	struct sbx_pool *pool = table->outer->pool;
	struct sbx_bytes out = { .pool = pool };
	struct sbx_children head = { .pad = 0 };
	struct sbx_span *spans;
	size_t at;

	sbx_bytes_put(&out, NULL, sizeof(head));
	head.entries = sbx_bytes_put(&out, table->entries.bytes, table->entries.len);
	head.layers = sbx_bytes_put(&out, NULL, table->layers.count * sizeof(*spans));
	head.strings = sbx_bytes_put(&out, table->strings.bytes.bytes, table->strings.bytes.len);
	at = (out.len + 7) & ~(size_t)7;
	spans = (struct sbx_span *)(void *)(out.bytes + head.layers.off);
	for (size_t i = 0; i < table->layers.count; i++) {
		spans[i] = (struct sbx_span){ (uint32_t)at, (uint32_t)table->layers.items[i].len };
		at += spans[i].len;
	}
	head.size = (uint32_t)at;
	memcpy(out.bytes, &head, sizeof(head));
	sbx_emit_seal(&out, SBX_MAGIC_CHILDREN);
	for (size_t i = 0; i < table->layers.count; i++)
		sbx_bytes_put(&out, table->layers.items[i].bytes, table->layers.items[i].len);
	table->outer->children = out.bytes;
	table->outer->children_len = out.len;
}

int sbx_child_latches_build(struct sbx_build *build, const struct sbx_config *config)
{
	struct table table = { .outer = build,
			       .config = *config,
			       .entries = { .pool = build->pool },
			       .strings = { { .pool = build->pool } } };

	if (build->no_children && sbx_allowed_calls_have_exec(build))
		return sbx_errs_add(
			build->errs, build->policy->values[SBX_KEY_CHILDREN].origin,
			"children: %s there is no private root of one's own for their latches; leave it out there: "
			"--set children=false",
			build->nested ? "inside a sandbox" : "without the loader");
	if (!sbx_policy_bool(build->policy, SBX_KEY_CHILDREN) || !build->rooted || !sbx_allowed_calls_have_exec(build))
		return 0;
	memset(&table.config.set, 0, sizeof(table.config.set));
	sbx_strings_put(&table.strings, "");
	for (size_t i = config->profiles.count; i-- > 0;) /* later ones win */
		if (add_profile(&table, &config->profiles.items[i]) < 0)
			return -1;
	emit_children(&table);
	return 0;
}
