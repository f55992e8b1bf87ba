/* SPDX-License-Identifier: MIT */
/*
 * replaced.c -- tells when the host has replaced what a mount hid or kept from being written: rename(2) and unlink(2)
 * in another mount namespace detach a mount from its name. Where rules_around.c holds, nothing came of it.
 */
#include "loader/plan/replaced.h"

#include <stdio.h>
#include <sys/stat.h>

#include <linux/mount.h>

#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "shim/err.h"

struct watched {
	const struct sbx_plan_mount *grant; /* what shows it; NULL: it was absent */
	const char *path, *dst;             /* on the host, and inside */
	bool hidden;
	struct stat grant_st, st;
};

static bool shows_host(const struct sbx_plan_mount *mount)
{
	return mount && mount->type == SBX_MOUNT_BIND && !mount->staged && !(mount->flags & SBX_MOUNT_IS_FILE);
}

/* Do the floor's rules keep it shut, whatever comes in its place? */
static bool is_held(const struct sbx_plan *plan, const char *dst)
{
	for (size_t i = 0; plan->narrowed.count && i < plan->shut.count; i++)
		if (strcmp(*(char **)sbx_vec_at(&plan->shut, i), dst) == 0)
			return true;
	return false;
}

void sbx_plan_watch_absent(struct sbx_plan *plan, const char *path, const char *dst)
{
	const struct watched watched = { .path = path, .dst = dst, .hidden = true };
	struct stat st;

	if (lstat(path, &st) < 0)
		sbx_vec_push(&plan->watched, sizeof(watched), &watched);
}

void sbx_plan_watch(struct sbx_plan *plan)
{
	for (size_t i = 0; plan->rooted && i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i), *above = mount->above;
		struct watched watched = { .grant = above, .dst = mount->dst, .hidden = mount->type == SBX_MOUNT_MASK };
		const bool kept = mount->type == SBX_MOUNT_BIND && (mount->attr & MOUNT_ATTR_RDONLY) && above &&
				  !(above->attr & MOUNT_ATTR_RDONLY);

		if (!shows_host(above) || (!watched.hidden && !kept))
			continue;
		watched.path =
			sbx_join(above->src[1] ? above->src : "", mount->dst + (above->dst[1] ? above->dst_len : 0));
		if (lstat(watched.path, &watched.st) == 0 && stat(above->src, &watched.grant_st) == 0)
			sbx_vec_push(&plan->watched, sizeof(watched), &watched);
	}
}

void sbx_plan_report_replaced(const struct sbx_plan *plan)
{
	for (size_t i = 0; i < plan->watched.count; i++) {
		const struct watched *watched = sbx_vec_at(&plan->watched, i);
		struct stat grant, st;

		if (watched->grant &&
		    (stat(watched->grant->src, &grant) < 0 || !sbx_same_file(&grant, &watched->grant_st)))
			continue;
		if (lstat(watched->path, &st) < 0 || sbx_same_file(&st, &watched->st) || is_held(plan, watched->dst))
			continue;
		sbx_say(stderr, "sbx-wrap: %s: %s: %s on the host during the run: from then on the command could %s it",
			sbx_step_name(SBX_STEP_GRANT), watched->path, watched->grant ? "replaced" : "made",
			watched->hidden ? "see" : "write");
	}
}
