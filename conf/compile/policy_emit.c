/* SPDX-License-Identifier: MIT */
/*
 * policy_emit.c -- a drafted policy as the blob that loader and shim read: shim/blob.h. Nothing is decided here.
 */
#include "conf/compile/policy_emit.h"

#include <sched.h>
#include <string.h>

#include "conf/compile/allowed_calls.h"
#include "conf/compile/blob_emit.h"
#include "conf/config/host_values.h"
#include "conf/compile/landlock_rights.h"
#include "conf/compile/notify_filters.h"
#include "conf/compile/profile_widens.h"
#include "conf/config/amounts.h"
#include "conf/config/argument_forms.h"

#define ROOT_SIZE (1u << 20) /* the skeleton: directories, links and two small files */
#define ROOT_INODES 4096u

static uint32_t policy_flags(const struct sbx_build *build, const struct sbx_config *config)
{
	uint32_t flags = build->network.flags;

	if (sbx_policy_bool(build->policy, SBX_KEY_AS_PID_1))
		flags |= SBX_POLICY_AS_PID_1;
	if (sbx_policy_bool(build->policy, SBX_KEY_MAP_ROOT))
		flags |= SBX_POLICY_MAP_ROOT;
	/* PID 1 takes no signal that it has no handler for, not the terminal's either: the loader has to get it. */
	if ((build->namespaces & CLONE_NEWPID) && !(build->floor.scoped & SBX_SCOPE_SIGNAL) &&
	    !sbx_policy_bool(build->policy, SBX_KEY_AS_PID_1))
		flags |= SBX_POLICY_OWN_PGRP;
	if (sbx_policy_bool(build->policy, SBX_KEY_ARGS_GRANTS))
		flags |= SBX_POLICY_ARG_GRANTS;
	if (build->policy->values[SBX_KEY_LATCH].number == SBX_LATCH_OFF ||
	    (sbx_allowed_calls_have_exec(build) && sbx_policy_bool(build->policy, SBX_KEY_MAP_EXEC)))
		flags |= SBX_POLICY_EXECUTES;
	if (build->watched)
		flags |= SBX_POLICY_WATCHED;
	if (build->nested)
		flags |= SBX_POLICY_NESTED;
	if (sbx_profile_widens(config, build->profile))
		flags |= SBX_POLICY_WIDENS;
	return flags;
}

static struct sbx_span emit_mounts(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };

	for (size_t i = 0; i < build->mounts.count; i++) {
		struct sbx_mount mount = build->mounts.items[i].mount;

		mount.src = sbx_strings_put(strings, build->mounts.items[i].src);
		mount.dst = sbx_strings_put(strings, build->mounts.items[i].dst);
		sbx_bytes_put(&table, &mount, sizeof(mount));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

/* Writable ones first: what another list grants below such a path adds nothing, and takes nothing away. */
static struct sbx_span emit_late(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < build->late.count; i++) {
			struct sbx_late late = build->late.items[i].late;
			bool writable = late.grant == SBX_GRANT_RW || late.grant == SBX_GRANT_RWX;

			if (writable != (pass == 0))
				continue;
			late.path = sbx_strings_put(strings, build->late.items[i].path);
			sbx_bytes_put(&table, &late, sizeof(late));
		}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span emit_protects(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };

	for (size_t i = 0; i < build->protects.count; i++) {
		const struct sbx_base_text *item = &build->protects.items[i];
		struct sbx_protect protect = { item->kind, sbx_strings_put(strings, item->text) };

		sbx_bytes_put(&table, &protect, sizeof(protect));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span emit_preload(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };

	for (size_t i = 0; i < build->preload.count; i++) {
		const struct sbx_preload_draft *draft = &build->preload.items[i];
		struct sbx_preload preload = { draft->kind, sbx_strings_put(strings, draft->path), draft->mtime };

		sbx_bytes_put(&table, &preload, sizeof(preload));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span emit_env(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	static const enum sbx_key_id keys[SBX_ENV_ADD] = {
		[SBX_ENV_KEEP] = SBX_KEY_ENV_KEEP, [SBX_ENV_DROP] = SBX_KEY_ENV_DROP, [SBX_ENV_SET] = SBX_KEY_ENV_SET
	};
	struct sbx_bytes table = { .pool = build->pool };

	for (uint32_t op = 0; op < SBX_ENV_ADD; op++) {
		const struct sbx_list *list = sbx_policy_list(build->policy, keys[op]);

		for (size_t i = 0; i < list->count; i++) {
			struct sbx_envrule rule = { op, sbx_strings_put(strings, list->items[i].text) };

			sbx_bytes_put(&table, &rule, sizeof(rule));
		}
	}
	if (build->network.env) {
		struct sbx_envrule rule = { SBX_ENV_ADD, sbx_strings_put(strings, build->network.env) };

		sbx_bytes_put(&table, &rule, sizeof(rule));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

/* "--pages ... --": an option that takes all up to --, and then 1. */
static uint32_t split_group(struct sbx_pool *pool, const char **text)
{
	static const char group[] = " ... --";
	const size_t len = strlen(*text), tail = sizeof(group) - 1;

	if (len <= tail || strcmp(*text + len - tail, group) != 0)
		return 0;
	*text = sbx_pool_dup(pool, *text, len - tail);
	return 1;
}

static struct sbx_span emit_args(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	static const enum sbx_key_id keys[] = { [SBX_ARG_VALUE] = SBX_KEY_ARGS_VALUES,
						[SBX_ARG_FLAG] = SBX_KEY_ARGS_FLAGS,
						[SBX_ARG_INPUT] = SBX_KEY_ARGS_INPUTS,
						[SBX_ARG_OUTPUT] = SBX_KEY_ARGS_OUTPUTS };
	struct sbx_bytes table = { .pool = build->pool };

	for (uint32_t role = 0; role < SBX_ARG__COUNT; role++) {
		const struct sbx_list *list = sbx_policy_list(build->policy, keys[role]);

		for (size_t i = 0; i < list->count; i++) {
			const char *text = list->items[i].text;
			struct sbx_form form = { .where = SBX_WHERE_AFTER, .text = text, .suffix = "" };
			struct sbx_arg arg = { .role = role };

			if (role == SBX_ARG_VALUE)
				form.n = split_group(build->pool, &form.text);
			if (role == SBX_ARG_INPUT || role == SBX_ARG_OUTPUT)
				sbx_form_parse(build->pool, (enum sbx_arg_role)role, text,
					       &form); /* checked when it was read */
			arg.where = form.where;
			arg.derive = form.derive;
			arg.n = form.n;
			arg.flags = form.flags;
			arg.text = sbx_strings_put(strings, form.text);
			arg.suffix = sbx_strings_put(strings, form.suffix);
			sbx_bytes_put(&table, &arg, sizeof(arg));
		}
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span emit_alternatives(const struct sbx_compile *args, struct sbx_bytes *out,
					 struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = args->config->pool };

	for (size_t i = 0; i < args->alternatives.count; i++) {
		const struct sbx_alternative *item = &args->alternatives.items[i];
		struct sbx_choice choice = { sbx_strings_put(strings, item->profile),
					     sbx_strings_put(strings, item->words) };

		sbx_bytes_put(&table, &choice, sizeof(choice));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span emit_hosts(const struct sbx_build *build, struct sbx_bytes *out)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, SBX_KEY_NET_HOSTS);
	struct sbx_bytes table = { .pool = build->pool };

	for (size_t i = 0; i < list->count; i++) {
		struct sbx_host_entry entry;

		(void)sbx_host_entry_parse(list->items[i].text, &entry); /* config_values.c has */
		sbx_bytes_put(&table, &entry, sizeof(entry));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span emit_filter(struct sbx_bytes *out, const struct sbx_filter *filter)
{
	return sbx_bytes_put(out, filter->insns, filter->count * sizeof(*filter->insns));
}

/* Inside a sandbox what a file names is the outer one's to hold. */
static void emit_limits(const struct sbx_build *build, struct sbx_limit limits[SBX_LIMIT__COUNT])
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const struct sbx_value *value = &build->policy->values[sbx_key_of_limit((enum sbx_limit_id)id)];
		const bool named = !sbx_origin_builtin(&value->origin) && !(build->nested && value->origin.line);

		limits[id] =
			(struct sbx_limit){ value->number, named,
					    sbx_limit_is_shared((enum sbx_limit_id)id) ? sbx_amount_share(value->text) :
											 0 };
	}
}

void sbx_emit_policy(const struct sbx_build *build, const struct sbx_compile *args, struct sbx_bytes *out)
{
	struct sbx_strings strings = { { .pool = build->pool } };
	struct sbx_bytes layer;
	struct sbx_policy_blob blob = { .flags = policy_flags(build, args->config),
					.namespaces = build->namespaces,
					.latch_mode = (uint32_t)build->policy->values[SBX_KEY_LATCH].number,
					.out_mode = (uint32_t)build->policy->values[SBX_KEY_ARGS_OUT].number,
					.best_effort = sbx_policy_words(build->policy, SBX_KEY_BEST_EFFORT),
					.action = (uint32_t)build->policy->values[SBX_KEY_SECCOMP_ACTION].number,
					.root_size = ROOT_SIZE + build->children_len + build->texts_len,
					.root_inodes = ROOT_INODES };

	*out = (struct sbx_bytes){ .pool = build->pool };
	sbx_strings_put(&strings, "");
	sbx_bytes_put(out, NULL, sizeof(blob));
	blob.profile = sbx_strings_put(&strings, build->profile);
	blob.home = sbx_strings_put(&strings, build->user.home);
	memcpy(blob.masks, build->masks, sizeof(blob.masks));
	emit_limits(build, blob.limits);
	sbx_emit_layer(build->pool, &build->floor, &layer);
	blob.floor = sbx_bytes_put(out, layer.bytes, layer.len);
	sbx_emit_layer(build->pool, &build->latch, &layer);
	blob.latch = sbx_bytes_put(out, layer.bytes, blob.latch_mode == SBX_LATCH_OFF ? 0 : layer.len);
	blob.children = sbx_bytes_put(out, build->children, build->children_len);
	blob.reaper = emit_filter(out, &build->reaper);
	blob.static_latch = emit_filter(out, &build->static_latch);
	blob.ask = emit_filter(out, &build->ask);
	blob.ask_latch = emit_filter(out, &build->ask_latch);
	blob.open = emit_filter(out, &build->open);
	blob.calls = sbx_notify_filters_calls(build, out, &strings);
	blob.mounts = emit_mounts(build, out, &strings);
	blob.late = emit_late(build, out, &strings);
	blob.protect = emit_protects(build, out, &strings);
	blob.env = emit_env(build, out, &strings);
	blob.args = emit_args(build, out, &strings);
	blob.preload = emit_preload(build, out, &strings);
	blob.alternatives = emit_alternatives(args, out, &strings);
	blob.hosts = emit_hosts(build, out);
	blob.key = sbx_bytes_put(out, args->key, args->key_len);
	blob.strings = sbx_bytes_put(out, strings.bytes.bytes, strings.bytes.len);
	memcpy(out->bytes, &blob, sizeof(blob));
	sbx_emit_seal(out, SBX_MAGIC_POLICY);
}
