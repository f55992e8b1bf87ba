/* SPDX-License-Identifier: MIT */
/*
 * policy_draft.c -- the compiler's main line: a policy in kernel terms, as lists that are yet to be laid out. It reads
 * the host's files, which the caller of sbx-policy can see.
 */
#include "conf/compile/policy_draft.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "conf/compile/child_latches.h"
#include "conf/compile/landlock_rights.h"
#include "conf/compile/landlock_rules.h"
#include "conf/compile/layer_filters.h"
#include "conf/compile/path_grants.h"
#include "conf/compile/path_walk.h"
#include "conf/compile/policy_conflicts.h"
#include "conf/compile/preload.h"
#include "conf/compile/private_root.h"
#include "conf/compile/protected_paths.h"
#include "shim/lookup.h"

#define IN_PLACE_ABI SBX_FS_TRUNCATE_ABI /* without mounts, truncate(2) is only held by Landlock */

/* In the order of the key's words. */
#define X(id, name, flag) (flag),
static const uint32_t clone_flags[] = { SBX_NAMESPACES(X) };
#undef X

/* But the network's, which is network.c's to say. */
static uint32_t namespace_flags(const struct sbx_policy *policy)
{
	uint32_t words = sbx_policy_words(policy, SBX_KEY_NAMESPACES), flags = 0;

	for (size_t i = 0; i < sizeof(clone_flags) / sizeof(clone_flags[0]); i++)
		if (words & (1u << i))
			flags |= clone_flags[i];
	return flags & ~(uint32_t)CLONE_NEWNET;
}

/* A layer that is missing is an error, unless the policy can do without. */
static int check_landlock(struct sbx_build *build)
{
	unsigned int least = build->rooted || build->open_files ? 1 : IN_PLACE_ABI;

	if (sbx_network_check_abi(&build->network, build->policy, build->abi, build->errs) < 0)
		return -1;
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

static int choose_home(struct sbx_build *build)
{
	if (!build->rooted || !*build->user.home || strcmp(build->policy->values[SBX_KEY_HOME].text, "tmpfs") != 0)
		return 0;
	build->home = sbx_path_walk(build->pool, &build->symlinks, build->user.home, true);
	if (!build->home && !sbx_lookup_unreachable(errno))
		return sbx_errs_lookup(build->errs, build->user.home);
	if (build->home && !sbx_user_home_ok(build->home))
		build->home = NULL;
	return 0;
}

/* Without a private root: in place, and nobody watches. What that can't hold is an error. */
static int draft_in_place(struct sbx_build *build, struct sbx_policy *policy)
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
	/* An error only where something can be executed: sbx_child_latches_build. */
	build->no_children = sbx_policy_bool(policy, SBX_KEY_CHILDREN);
	policy->values[SBX_KEY_CHILDREN].number = 0;
	return 0;
}

int sbx_policy_draft(const struct sbx_compile *args, struct sbx_policy *policy, struct sbx_build *build)
{
	const struct sbx_config *config = args->config;
	int rc;

	*build = (struct sbx_build){ .pool = config->pool,
				     .errs = config->errs,
				     .policy = policy,
				     .profile = args->profile,
				     .texts = &config->texts };
	if (sbx_policy_resolve(config, args->profile, policy) < 0)
		return -1;
	if (args->target != SBX_FOR_RUN && draft_in_place(build, policy) < 0)
		return -1;
	if (sbx_check_policy(policy, args->target, config->errs) < 0)
		return -1;
	if (sbx_user_get(config->errs, &build->user) < 0)
		return -1;
	build->abi = args->abi < SBX_LANDLOCK_ABI_MAX ? args->abi : SBX_LANDLOCK_ABI_MAX;
	build->network = sbx_network_resolve(config->pool, policy, build->abi);
	build->namespaces = namespace_flags(policy) | build->network.namespaces;
	build->rooted = (build->namespaces & CLONE_NEWNS) && (build->namespaces & CLONE_NEWPID);
	build->watched = args->target == SBX_FOR_RUN && sbx_policy_waits(policy);
	build->nested = args->target == SBX_FOR_NESTED;
	build->alone = args->target == SBX_FOR_ALONE;
	build->open_files = args->target == SBX_FOR_ALONE && sbx_policy_bool(policy, SBX_KEY_ARGS_GRANTS);
	if (check_landlock(build) < 0)
		return -1;
	if (choose_home(build) < 0 || sbx_child_latches_build(build, config) < 0)
		return -1;
	rc = sbx_protected_paths_build(build, &config->files);
	rc |= sbx_path_grants_build(build);
	rc |= sbx_preload_build(build);
	rc |= sbx_private_root_build(build);
	sbx_landlock_rules_build(build);
	rc |= sbx_layer_filters_build(build);
	return rc;
}
