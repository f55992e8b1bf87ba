/* SPDX-License-Identifier: MIT */
/*
 * pin_protected.c -- a mount lies on a name, and goes where a directory above it is renamed to. So below what is
 * writable each such directory is bound onto itself, which rename(2) refuses to move: EBUSY.
 */
#include <string.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "loader/plan/hide_protected.h"

/* Bind each directory between the writable grant and `below` onto itself, so that none can be renamed. `grant` is a
 * copy: the plan's array moves while it grows. */
static void pin_ancestors(struct sbx_plan *plan, const struct sbx_plan_mount *grant, const char *below)
{
	const size_t skip = grant->dst[1] ? grant->dst_len : 0;

	for (const char *slash = strchr(below + skip + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		char *dst = sbx_strndup(below, (size_t)(slash - below));
		const struct sbx_plan_mount *there = sbx_plan_mounted(plan, dst, false);
		struct sbx_plan_mount *mount;

		if (there && strcmp(there->dst, dst) == 0)
			continue; /* a mount point already */
		mount = sbx_plan_add(plan, SBX_MOUNT_BIND, dst);
		mount->src = sbx_join(grant->src[1] ? grant->src : "", dst + skip);
		mount->attr = grant->attr;
	}
}

static bool is_pinning(const struct sbx_plan_mount *mount)
{
	return mount->type == SBX_MOUNT_BIND && !mount->staged && !(mount->attr & MOUNT_ATTR_RDONLY);
}

/* Masked, or read-only. */
static bool is_pinned(const struct sbx_plan_mount *mount)
{
	return mount->type == SBX_MOUNT_MASK || (sbx_plan_is_mounted(mount) && (mount->attr & MOUNT_ATTR_RDONLY));
}

void sbx_pin_protected(struct sbx_plan *plan)
{
	const size_t count = plan->mounts.count;
	size_t pinning = 0;

	while (pinning < count && !is_pinning(sbx_vec_at(&plan->mounts, pinning)))
		pinning++;
	for (size_t i = 0; i < count && pinning < count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i), *above;
		const char *dst = mount->dst;

		if (!is_pinned(mount))
			continue;
		while ((above = sbx_plan_mounted(plan, dst, true))) {
			const struct sbx_plan_mount grant = *above;

			if (is_pinning(&grant))
				pin_ancestors(plan, &grant, dst);
			dst = grant.dst;
		}
	}
}
