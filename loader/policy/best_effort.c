/* SPDX-License-Identifier: MIT */
/*
 * best_effort.c -- what best_effort means, in one place.
 */
#include "loader/policy/best_effort.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "loader/base/say.h"
#include "shim/landlock.h"
#include "shim/landlock_rights.h"

static const char *const layer_names[SBX_LAYER__COUNT] = {
#define X(id, name, flag) [SBX_LAYER_##id] = (name),
	SBX_KERNEL_LAYERS(X)
#undef X
};
static const uint32_t clone_flags[SBX_LAYER__COUNT] = {
#define X(id, name, flag) [SBX_LAYER_##id] = (flag),
	SBX_NAMESPACES(X)
#undef X
};
static const enum sbx_kernel_layer droppable[] = { SBX_LAYER_NET, SBX_LAYER_UTS, SBX_LAYER_IPC, SBX_LAYER_CGROUP };

bool sbx_best_effort(const struct sbx_policy_blob *policy, enum sbx_kernel_layer layer, int errnum)
{
	if (!(policy->best_effort & (1u << layer)))
		return false;
	sbx_say(stderr, "sbx-wrap: %s: not to be had: %s; runs without it, as best_effort says", layer_names[layer],
		strerror(errnum));
	return true;
}

static void report_lack(const char *what, unsigned int abi, unsigned int since)
{
	sbx_say(stderr,
		"sbx-wrap: %s: %s: not to be had from ABI %u, only from %u on; runs without, as best_effort says",
		layer_names[SBX_LAYER_LANDLOCK], what, abi, since);
}

void sbx_best_effort_landlock(const struct sbx_policy_blob *policy, unsigned int abi)
{
	if (!(policy->best_effort & (1u << SBX_LAYER_LANDLOCK)))
		return;
	if (!abi) {
		sbx_best_effort(policy, SBX_LAYER_LANDLOCK, sbx_landlock_missing());
		return;
	}
	if (abi < SBX_FS_TRUNCATE_ABI && !(policy->namespaces & CLONE_NEWNS)) /* where no mount is read-only */
		report_lack("truncate(2)", abi, SBX_FS_TRUNCATE_ABI);
	if (abi < SBX_NET_BIND_TCP_ABI && (policy->flags & SBX_POLICY_PORTS))
		report_lack("lists of ports", abi, SBX_NET_BIND_TCP_ABI);
}

uint32_t sbx_best_effort_namespaces(const struct sbx_policy_blob *policy)
{
	uint32_t namespaces = policy->namespaces;

	for (size_t i = 0; i < sizeof(droppable) / sizeof(droppable[0]); i++)
		if (policy->best_effort & (1u << droppable[i]))
			namespaces &= ~clone_flags[droppable[i]];
	return namespaces;
}

void sbx_best_effort_report(const struct sbx_policy_blob *policy, uint32_t namespaces, int errnum)
{
	for (size_t i = 0; i < sizeof(droppable) / sizeof(droppable[0]); i++)
		if (policy->namespaces & ~namespaces & clone_flags[droppable[i]])
			sbx_best_effort(policy, droppable[i], errnum);
}
