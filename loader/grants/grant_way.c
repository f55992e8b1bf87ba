/* SPDX-License-Identifier: MIT */
/*
 * grant_way.c -- directories that are nothing but a way: the caller's current one, and those that a path leaves again.
 */
#include <string.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/grants/grant_options.h"
#include "loader/plan/protected_paths.h"

/* Writes below it would be lost: a private directory, or a stage, on the way to something. */
static bool is_passing(const struct sbx_plan_mount *mount)
{
	return mount && (mount->staged || mount->type == SBX_MOUNT_TMPFS) && !(mount->attr & MOUNT_ATTR_RDONLY);
}

/* The directory right below `above` on the way to `path`. */
static char *first_below(const struct sbx_plan_mount *above, const char *path)
{
	const size_t from = above->dst[1] ? above->dst_len + 1 : 1;

	return sbx_strndup(path, from + strcspn(path + from, "/"));
}

/* The directories between a private one and what is mounted at or above the current one: only a way to it. */
static void close_way(struct sbx_plan *plan, const char *mounted)
{
	const char *dir = sbx_dirname(mounted), *top;
	const struct sbx_plan_mount *above = sbx_plan_find(plan, dir);

	if (!is_passing(above) || strcmp(above->dst, dir) == 0)
		return;
	top = first_below(above, mounted);
	if (!sbx_plan_has(plan, SBX_MOUNT_TMPFS, top))
		sbx_plan_add_empty(plan, top, SBX_MODE_WAY);
}

/* Is `path`, which nothing is planned for, to be made where nobody sees the host's: it is nothing but a way? */
static bool is_bare(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *above = sbx_plan_find(plan, path);

	return !above || above->type == SBX_MOUNT_DIR ||
	       (above->type == SBX_MOUNT_TMPFS && above->late && (above->attr & MOUNT_ATTR_RDONLY));
}

/* The directories that lead to the current one, and itself. */
static void add_way(struct sbx_plan *plan, const char *cwd)
{
	for (size_t len = 1; cwd[len - 1]; len++) {
		const char *part = len > 1 && (!cwd[len] || cwd[len] == '/') ? sbx_strndup(cwd, len) : NULL;

		if (part && !sbx_plan_has_any(plan, part) && is_bare(plan, part))
			sbx_plan_add(plan, SBX_MOUNT_DIR, part)->mode = SBX_MODE_WAY;
	}
}

/* What is private above it, and would take writes that are lost, is closed. */
static void close_private(struct sbx_plan *plan, const char *cwd)
{
	const struct sbx_plan_mount *above = sbx_plan_find(plan, cwd);
	const char *home = sbx_str(plan->policy, plan->policy->strings, plan->policy->home);
	const bool here = above && strcmp(above->dst, cwd) == 0;

	if (above && above->type == SBX_MOUNT_BIND && above->dst[1])
		close_way(plan, above->dst);
	if (!is_passing(above) || (here && (above->late || strcmp(cwd, home) != 0)))
		return;
	sbx_plan_add_empty(plan, here ? sbx_strdup(cwd) : first_below(above, cwd), SBX_MODE_WAY);
}

void sbx_grants_cwd(struct sbx_plan *plan, const char *cwd)
{
	if (!plan->rooted)
		return;
	close_private(plan, cwd);
	add_way(plan, cwd);
}

/* An empty directory in its place, unless there is something; a link on the way as such. */
static void add_passed(struct sbx_plan *plan, const struct sbx_resolved *dir)
{
	const struct sbx_plan_mount *at = sbx_plan_find(plan, dir->path);

	if (!dir->exists || !S_ISDIR(dir->st.st_mode) || sbx_protected_paths_hidden(plan, dir->path))
		return;
	sbx_plan_links(plan, dir);
	if (at && (strcmp(at->dst, dir->path) == 0 || (at->type == SBX_MOUNT_BIND && !at->staged)))
		return;
	for (size_t i = 0; i < plan->mounts.count; i++) /* it leads to something that is there */
		if (sbx_path_within(((struct sbx_plan_mount *)sbx_vec_at(&plan->mounts, i))->dst, dir->path))
			return;
	sbx_plan_add(plan, SBX_MOUNT_DIR, dir->path)->mode = SBX_MODE_WAY;
}

/* The directories that a text leads into and out of, from `cwd`. */
static void pass_through(struct sbx_plan *plan, const char *cwd, const char *text)
{
	for (const char *up = text; (up = strstr(up, "/..")); up += 3) {
		struct sbx_resolved *dir = sbx_alloc(sizeof(*dir));

		if (up > text && (!up[3] || up[3] == '/') &&
		    sbx_resolve(cwd, sbx_strndup(text, (size_t)(up - text)), dir) == 0)
			add_passed(plan, dir);
	}
}

void sbx_grants_way(struct sbx_plan *plan, const char *cwd, const char *word)
{
	struct sbx_resolved end = { .exists = false };

	if (!plan->rooted || !strchr(word, '/'))
		return;
	pass_through(plan, cwd, word);
	(void)!sbx_resolve(cwd, word, &end); /* it notes the links all the same */
	for (size_t i = 0; i < end.links.count; i++) {
		const struct sbx_link *link = sbx_vec_at(&end.links, i);

		pass_through(plan, sbx_dirname(link->at), link->text);
	}
}
