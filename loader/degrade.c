/*
 * degrade.c -- what best_effort means, in one place.
 */
#include "loader/degrade.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static const char *const layer_names[SBX_LAYER__COUNT] = {
#define X(id, name) [SBX_LAYER_##id] = (name),
	SBX_KERNEL_LAYERS(X)
#undef X
};

static const struct {
	enum sbx_kernel_layer layer;
	uint32_t flag;
} droppable[] = {
	{ SBX_LAYER_NET, CLONE_NEWNET },
	{ SBX_LAYER_UTS, CLONE_NEWUTS },
	{ SBX_LAYER_IPC, CLONE_NEWIPC },
	{ SBX_LAYER_CGROUP, CLONE_NEWCGROUP },
};

bool sbx_degrade(const struct sbx_policy_blob *policy, enum sbx_kernel_layer layer, int errnum)
{
	if (!(policy->best_effort & (1u << layer)))
		return false;
	fprintf(stderr, "sbx-wrap: %s: not to be had: %s; runs without it, as best_effort says\n", layer_names[layer],
		strerror(errnum));
	return true;
}

uint32_t sbx_degrade_namespaces(const struct sbx_policy_blob *policy, int errnum)
{
	uint32_t namespaces = policy->namespaces;

	for (size_t i = 0; i < sizeof(droppable) / sizeof(droppable[0]); i++)
		if ((namespaces & droppable[i].flag) && sbx_degrade(policy, droppable[i].layer, errnum))
			namespaces &= ~droppable[i].flag;
	return namespaces;
}
