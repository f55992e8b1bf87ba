/* SPDX-License-Identifier: MIT */
/*
 * places.c -- the plan's mounts by their places. A command line names thousands of files: what is at a path, or nearest
 * above it, is asked for each of them, and isn't searched in all.
 */
#include "loader/plan/plan.h"

#include <string.h>

#include "loader/base/memory.h"

static bool is_no_mask(void *plan, size_t i)
{
	const struct sbx_plan_mount *mount = sbx_vec_at(&((const struct sbx_plan *)plan)->mounts, i);

	return mount->type != SBX_MOUNT_MASK;
}

/* The directories above, each once for a mask and once for all else: where one is known, so are those above it. */
static void add_above(struct sbx_plan *plan, size_t i)
{
	const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
	sbx_path_index_fits *fits = mount->type == SBX_MOUNT_MASK ? NULL : is_no_mask;
	size_t len = mount->dst_len > 1 ? mount->dst_len : 0;

	while (len) {
		while (len > 1 && mount->dst[len - 1] != '/')
			len--;
		len -= len > 1;
		if (!len || sbx_path_index_at(&plan->above, mount->dst, len, fits, plan) != SBX_PATH_INDEX_NONE)
			return;
		sbx_path_index_add(&plan->above, mount->dst, len, i);
		if (len == 1)
			return;
	}
}

/* What was added since somebody asked last. */
static struct sbx_plan *known(const struct sbx_plan *constant)
{
	struct sbx_plan *plan = (struct sbx_plan *)(uintptr_t)constant;

	for (; plan->places.known < plan->mounts.count; plan->places.known++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, plan->places.known);

		sbx_path_index_add(&plan->places, mount->dst, mount->dst_len, plan->places.known);
		add_above(plan, plan->places.known);
	}
	return plan;
}

void sbx_plan_changed(struct sbx_plan *plan)
{
	sbx_path_index_clear(&plan->places);
	sbx_path_index_clear(&plan->above);
}

void sbx_plan_move(struct sbx_plan *plan, struct sbx_plan_mount *mount, const char *dst)
{
	if (strcmp(mount->dst, dst) == 0)
		return;
	mount->dst = dst;
	mount->dst_len = strlen(dst);
	sbx_plan_changed(plan);
}

struct wanted {
	const struct sbx_plan *plan;
	sbx_plan_fits *fits;
	const void *context;
};

static bool is_wanted(void *context, size_t i)
{
	const struct wanted *wanted = context;

	return wanted->fits(sbx_vec_at(&wanted->plan->mounts, i), wanted->context);
}

const struct sbx_plan_mount *sbx_plan_find_fitting(const struct sbx_plan *plan, const char *dst, size_t len,
						   sbx_plan_fits *fits, const void *context)
{
	struct wanted wanted = { plan, fits, context };
	const size_t i =
		sbx_path_index_above(&known(plan)->places, dst, len, fits ? is_wanted : NULL, fits ? &wanted : NULL);

	return i == SBX_PATH_INDEX_NONE ? NULL : sbx_vec_at(&plan->mounts, i);
}

const struct sbx_plan_mount *sbx_plan_find(const struct sbx_plan *plan, const char *dst)
{
	return sbx_plan_find_fitting(plan, dst, strlen(dst), NULL, NULL);
}

bool sbx_plan_is_mounted(const struct sbx_plan_mount *mount)
{
	return mount->type != SBX_MOUNT_DIR && mount->type != SBX_MOUNT_FILE && mount->type != SBX_MOUNT_FIFO &&
	       mount->type != SBX_MOUNT_SYMLINK;
}

static bool fits_mounted(const struct sbx_plan_mount *mount, const void *context)
{
	(void)context;
	return sbx_plan_is_mounted(mount);
}

const struct sbx_plan_mount *sbx_plan_mounted(const struct sbx_plan *plan, const char *path, bool strict)
{
	const char *slash = strrchr(path, '/');
	const size_t above = !path[1] ? 0 : slash == path ? 1 : (size_t)(slash - path);

	return sbx_plan_find_fitting(plan, path, strict ? above : strlen(path), fits_mounted, NULL);
}

bool sbx_plan_has_any(const struct sbx_plan *plan, const char *dst)
{
	return sbx_path_index_at(&known(plan)->places, dst, strlen(dst), NULL, NULL) != SBX_PATH_INDEX_NONE;
}

bool sbx_plan_has_below(const struct sbx_plan *plan, const char *path, bool masks)
{
	struct sbx_plan *all = known(plan);

	return sbx_path_index_at(&all->above, path, strlen(path), masks ? NULL : is_no_mask, all) !=
	       SBX_PATH_INDEX_NONE;
}

static const char *find_hidden(const struct sbx_plan *constant, const char *path)
{
	struct sbx_plan *plan = (struct sbx_plan *)(uintptr_t)constant;
	size_t at;

	for (; plan->hidden_places.known < plan->hidden.count; plan->hidden_places.known++) {
		const char *hidden = *(char **)sbx_vec_at(&plan->hidden, plan->hidden_places.known);

		sbx_path_index_add(&plan->hidden_places, hidden, strlen(hidden), plan->hidden_places.known);
	}
	at = sbx_path_index_above(&plan->hidden_places, path, strlen(path), NULL, NULL);
	return at == SBX_PATH_INDEX_NONE ? NULL : *(char **)sbx_vec_at(&plan->hidden, at);
}

const char *sbx_plan_hides(const struct sbx_plan *plan, const char *path)
{
	return plan->hidden.count ? find_hidden(plan, path) : NULL;
}
