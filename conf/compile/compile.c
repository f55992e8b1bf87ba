/*
 * compile.c -- the compiler's main line: policy to kernel terms, to drafts, to bytes.
 */
#include "conf/compile/compile.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "conf/config/amounts.h"
#include "conf/compile/policy_conflicts.h"
#include "conf/base/cleanup.h"
#include "conf/config/argument_forms.h"
#include "conf/compile/landlock_rights.h"
#include "conf/config/config_values.h"
#include "shim/paths.h"

#define ROOT_SIZE (1u << 20) /* the skeleton: directories, links and two small files */
#define ROOT_INODES 4096u
#define IN_PLACE_ABI SBX_FS_TRUNCATE_ABI /* without mounts, truncate(2) is only held by Landlock */

/* In the order of the key's words. */
static const uint32_t clone_flags[] = { CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
					CLONE_NEWUTS,  CLONE_NEWIPC, CLONE_NEWCGROUP };

static uint32_t namespace_flags(const struct sbx_policy *policy)
{
	uint32_t words = sbx_policy_words(policy, SBX_KEY_NAMESPACES), flags = 0;

	for (size_t i = 0; i < sizeof(clone_flags) / sizeof(clone_flags[0]); i++)
		if (words & (1u << i))
			flags |= clone_flags[i];
	if (policy->values[SBX_KEY_NET_MODE].number == SBX_NET_HOST)
		flags &= ~(uint32_t)CLONE_NEWNET;
	return flags;
}

static const struct sbx_value *port_key(const struct sbx_policy *policy)
{
	return &policy->values[sbx_policy_ports(policy, SBX_KEY_NET_CONNECT) ? SBX_KEY_NET_CONNECT : SBX_KEY_NET_BIND];
}

/* A layer that is missing is an error, unless the policy can do without. */
static int check_landlock(struct sbx_build *build)
{
	unsigned int least = build->rooted || build->open_files ? 1 : IN_PLACE_ABI;

	if (build->ports && build->abi && build->abi < SBX_NET_BIND_TCP_ABI &&
	    !sbx_policy_has(build->policy, SBX_KEY_BEST_EFFORT, "landlock"))
		return sbx_errs_add(
			build->errs, port_key(build->policy)->origin,
			"layer landlock: lists of ports need ABI %u (Linux 6.7), this kernel has ABI %u; leave "
			"net.connect and net.bind at \"any\", or list \"landlock\" in best_effort",
			SBX_NET_BIND_TCP_ABI, build->abi);
	if (build->abi >= least || sbx_policy_has(build->policy, SBX_KEY_BEST_EFFORT, "landlock"))
		return 0;
	if (!build->abi)
		return sbx_errs_add(
			build->errs, (struct sbx_origin){ NULL, 0 },
			"layer landlock: this kernel has none; use Linux 5.13 or newer with landlock in its lsm= list, "
			"or (from 5.12 on) list \"landlock\" in best_effort");
	return sbx_errs_add(
		build->errs, build->policy->values[SBX_KEY_NAMESPACES].origin,
		"layer landlock: %s it must hold truncate(2) too, from ABI %u (Linux 6.2) on; this kernel has ABI %u; "
		"%s, or list \"landlock\" in best_effort",
		build->nested ? "inside a sandbox" : "in place", IN_PLACE_ABI, build->abi,
		build->nested ? "start the command outside of it" : "use namespaces");
}

static void choose_home(struct sbx_build *build)
{
	if (!build->rooted || !*build->user.home || strcmp(build->policy->values[SBX_KEY_HOME].text, "tmpfs") != 0)
		return;
	build->home = sbx_path_walk(build->pool, &build->symlinks, build->user.home, true);
	if (build->home && !sbx_user_home_ok(build->home))
		build->home = NULL;
}

static int draft(struct sbx_build *build, const struct sbx_config *config)
{
	int rc;

	if (check_landlock(build) < 0)
		return -1;
	choose_home(build);
	if (sbx_build_children(build, config) < 0)
		return -1;
	rc = sbx_build_protects(build, &config->files);
	rc |= sbx_build_places(build);
	rc |= sbx_build_preload(build);
	rc |= sbx_build_mounts(build);
	rc |= sbx_build_layers(build);
	rc |= sbx_build_filters(build);
	return rc;
}

static uint32_t policy_flags(const struct sbx_build *build)
{
	uint32_t flags = 0;

	if (sbx_policy_bool(build->policy, SBX_KEY_AS_PID_1))
		flags |= SBX_POLICY_AS_PID_1;
	if (sbx_policy_bool(build->policy, SBX_KEY_MAP_ROOT))
		flags |= SBX_POLICY_MAP_ROOT;
	if ((build->namespaces & CLONE_NEWPID) && !(build->floor.scoped & SBX_SCOPE_SIGNAL))
		flags |= SBX_POLICY_OWN_PGRP;
	if (build->net == SBX_NET_LOOPBACK)
		flags |= SBX_POLICY_LO_UP;
	if (sbx_policy_bool(build->policy, SBX_KEY_ARGS_GRANTS))
		flags |= SBX_POLICY_ARG_GRANTS;
	if (build->ports)
		flags |= SBX_POLICY_PORTS;
	if (build->net == SBX_NET_HOST && !build->ports)
		flags |= SBX_POLICY_HOST_NET;
	if (build->nested)
		flags |= SBX_POLICY_NESTED;
	return flags;
}

static struct sbx_span put_mounts(struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
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
static struct sbx_span put_late(struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
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

static struct sbx_span put_protects(struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };

	for (size_t i = 0; i < build->protects.count; i++) {
		const struct sbx_base_text *item = &build->protects.items[i];
		struct sbx_protect protect = { item->kind, sbx_strings_put(strings, item->text) };

		sbx_bytes_put(&table, &protect, sizeof(protect));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

/* Names can be looked up over TCP: resolv.conf(5), use-vc. */
static bool reaches_dns(const struct sbx_policy *policy)
{
	return sbx_policy_has(policy, SBX_KEY_NET_CONNECT, "any") || sbx_policy_has(policy, SBX_KEY_NET_CONNECT, "53");
}

static struct sbx_span put_preload(struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };

	for (size_t i = 0; i < build->preload.count; i++) {
		const struct sbx_preload_draft *draft = &build->preload.items[i];
		struct sbx_preload preload = { draft->kind, sbx_strings_put(strings, draft->path), draft->mtime };

		sbx_bytes_put(&table, &preload, sizeof(preload));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span put_env(struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
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
	if (build->ports && !build->udp_ports && reaches_dns(build->policy)) {
		struct sbx_envrule rule = { SBX_ENV_ADD, sbx_strings_put(strings, "RES_OPTIONS=use-vc") };

		sbx_bytes_put(&table, &rule, sizeof(rule));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span put_args(struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings)
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

			if (role == SBX_ARG_INPUT || role == SBX_ARG_OUTPUT)
				sbx_form_parse(build->pool, (enum sbx_arg_role)role, text,
					       &form); /* checked when it was read */
			arg.where = form.where;
			arg.derive = form.derive;
			arg.n = form.n;
			arg.text = sbx_strings_put(strings, form.text);
			arg.suffix = sbx_strings_put(strings, form.suffix);
			sbx_bytes_put(&table, &arg, sizeof(arg));
		}
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}

static struct sbx_span put_alternatives(const struct sbx_compile *args, struct sbx_bytes *out,
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

static struct sbx_span put_filter(struct sbx_bytes *out, const struct sbx_filter *filter)
{
	return sbx_bytes_put(out, filter->insns, filter->count * sizeof(*filter->insns));
}

/* Inside a sandbox what a file names is the outer one's to hold. */
static void put_limits(const struct sbx_build *build, struct sbx_limit limits[SBX_LIMIT__COUNT])
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const struct sbx_value *value = &build->policy->values[sbx_key_of_limit((enum sbx_limit_id)id)];
		const bool named = !sbx_origin_builtin(&value->origin) && !(build->nested && value->origin.line);

		limits[id] = (struct sbx_limit){ value->number, named,
						 id == SBX_LIMIT_MEMORY ? sbx_amount_share(value->text) : 0 };
	}
}

static void emit(struct sbx_build *build, const struct sbx_compile *args, struct sbx_bytes *out)
{
	struct sbx_strings strings = { { .pool = build->pool } };
	struct sbx_bytes layer;
	struct sbx_policy_blob blob = { .flags = policy_flags(build),
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
	sbx_build_masks(build, blob.masks);
	sbx_build_drop_latch_rules(build, blob.masks);
	put_limits(build, blob.limits);
	sbx_emit_layer(build->pool, &build->floor, &layer);
	blob.floor = sbx_bytes_put(out, layer.bytes, layer.len);
	sbx_emit_layer(build->pool, &build->latch, &layer);
	blob.latch = sbx_bytes_put(out, layer.bytes, blob.latch_mode == SBX_LATCH_OFF ? 0 : layer.len);
	blob.children = sbx_bytes_put(out, build->children, build->children_len);
	blob.reaper = put_filter(out, &build->reaper);
	blob.ask = put_filter(out, &build->ask);
	blob.ask_latch = put_filter(out, &build->ask_latch);
	blob.open = put_filter(out, &build->open);
	blob.calls = sbx_build_calls(build, out, &strings);
	blob.mounts = put_mounts(build, out, &strings);
	blob.late = put_late(build, out, &strings);
	blob.protect = put_protects(build, out, &strings);
	blob.env = put_env(build, out, &strings);
	blob.args = put_args(build, out, &strings);
	blob.preload = put_preload(build, out, &strings);
	blob.alternatives = put_alternatives(args, out, &strings);
	blob.key = sbx_bytes_put(out, args->key, args->key_len);
	blob.strings = sbx_bytes_put(out, strings.bytes.bytes, strings.bytes.len);
	memcpy(out->bytes, &blob, sizeof(blob));
	sbx_emit_seal(out, SBX_MAGIC_POLICY);
}

/* Where there is no private root to be had: in place, and nobody watches. What that can't hold is an error. */
static int place(struct sbx_build *build, struct sbx_policy *policy)
{
	struct sbx_value *out = &policy->values[SBX_KEY_ARGS_OUT];
	const struct sbx_value *namespaces = &policy->values[SBX_KEY_NAMESPACES];

	if (namespaces->list.count && namespaces->origin.file && !namespaces->origin.line)
		return sbx_errs_add(build->errs, namespaces->origin,
				    "namespaces: there are none to be had inside a sandbox, nor without the loader");
	policy->values[SBX_KEY_NAMESPACES].list.count = 0;
	/* Nothing can be staged without mounts: what the outer sandbox granted of the output's directory is the most
	 * there is. */
	if (out->number != SBX_OUT_FILE) {
		out->number = SBX_OUT_DIRECTORY;
		out->text = sbx_keys[SBX_KEY_ARGS_OUT].words[SBX_OUT_DIRECTORY];
	}
	/* An error only where something can be executed: sbx_build_children. */
	build->no_children = sbx_policy_bool(policy, SBX_KEY_CHILDREN);
	policy->values[SBX_KEY_CHILDREN].number = 0;
	return 0;
}

int sbx_compile_draft(const struct sbx_compile *args, struct sbx_policy *policy, struct sbx_build *build)
{
	const struct sbx_config *config = args->config;

	*build = (struct sbx_build){ .pool = config->pool,
				     .errs = config->errs,
				     .policy = policy,
				     .profile = args->profile,
				     .texts = &config->texts };
	if (sbx_policy_resolve(config, args->profile, policy) < 0)
		return -1;
	if (args->target != SBX_FOR_RUN && place(build, policy) < 0)
		return -1;
	if (sbx_check_policy(policy, args->target, config->errs) < 0)
		return -1;
	sbx_user_get(config->pool, &build->user);
	build->abi = args->abi < SBX_LANDLOCK_ABI_MAX ? args->abi : SBX_LANDLOCK_ABI_MAX;
	build->namespaces = namespace_flags(policy);
	build->net = (enum sbx_net)policy->values[SBX_KEY_NET_MODE].number;
	sbx_build_ports(build);
	build->rooted = (build->namespaces & CLONE_NEWNS) && (build->namespaces & CLONE_NEWPID);
	build->nested = args->target == SBX_FOR_NESTED;
	build->alone = args->target == SBX_FOR_ALONE;
	build->open_files = args->target == SBX_FOR_ALONE && sbx_policy_bool(policy, SBX_KEY_ARGS_GRANTS);
	return draft(build, config);
}

int sbx_compile_policy(const struct sbx_compile *args, struct sbx_bytes *blob)
{
	const struct sbx_config *config = args->config;
	struct sbx_policy policy;
	struct sbx_build build;

	if (sbx_compile_draft(args, &policy, &build) < 0)
		return -1;
	emit(&build, args, blob);
	if (config->errs->count)
		return -1;
	if (sbx_policy_check(blob->bytes, blob->len) < 0)
		return sbx_errs_add(config->errs, (struct sbx_origin){ NULL, 0 },
				    "the compiled policy of %zu bytes breaks its own rules%s", blob->len,
				    blob->len > SBX_BLOB_MAX ? "; it is too large, name fewer paths" : "");
	return 0;
}
