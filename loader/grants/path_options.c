/* SPDX-License-Identifier: MIT */
/*
 * path_options.c -- what --ro, --rw, --rox, --rwx, --ro-bind, --bind, --tmpfs and --hide grant or take away. The paths
 * are the caller's own word and may name what is protected; what could have no effect is refused. mount_namespaces(7).
 */
#include "loader/grants/grant_options.h"

#include <errno.h>
#include <string.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/sticky.h"
#include "loader/base/vec.h"
#include "shim/err.h"
#include "shim/lookup.h"
#include "shim/paths.h"

static const enum sbx_grant option_grant[] = {
	[SBX_PATH_RO] = SBX_GRANT_RO,       [SBX_PATH_RW] = SBX_GRANT_RW,
	[SBX_PATH_ROX] = SBX_GRANT_ROX,     [SBX_PATH_RWX] = SBX_GRANT_RWX,
	[SBX_PATH_TMPFS] = SBX_GRANT_TMPFS, [SBX_PATH_TMPFS_EXEC] = SBX_GRANT_TMPFS_EXEC,
	[SBX_PATH_HIDE] = SBX_GRANT_RO,
};

/* As it was given. */
static char *option_text(const struct sbx_path_option *option)
{
	const bool both = !sbx_path_kind_private(option->kind) && option->dst != option->src;

	return sbx_format("--%s %s%s%s", option->option, option->src, both ? " " : "", both ? option->dst : "");
}

static int fail_option(struct sbx_err *err, const struct sbx_path_option *option, const char *why)
{
	char *text = sbx_format("%s: %s", option_text(option), why);

	sbx_err_set(err, SBX_STEP_GRANT, 0, text);
	return -1;
}

/* What the sandbox makes itself can be replaced by nothing; but the host's root shows it as well, and an empty /run. */
static const char *own_place(const char *path, enum sbx_path_kind kind, const char *src)
{
	if (!path[1] && (sbx_path_kind_private(kind) || strcmp(src, "/") != 0))
		return "the root is the sandbox's own: name what is in it";
	if (strcmp(path, "/run") == 0 && !sbx_path_kind_private(kind))
		return "it holds the sandbox's own: name what is in it, /run/NAME";
	if (strcmp(path, "/proc") == 0)
		return "it is the sandbox's own: --set proc=none goes without";
	if (sbx_path_within(path, SBX_INNER_DIR))
		return "it is the sandbox's own";
	if (sbx_path_within(path, "/dev") && (!sbx_path_within(path, "/dev/shm") || strcmp(path, "/dev/shm") == 0))
		return "/dev is the sandbox's own: --dev grants a device, --set limits.shm=SIZE sizes /dev/shm, --set "
		       "'dev=[...]' says what else is there";
	return NULL;
}

/*
 * A place inside: where the host's directories lead to that are above it, so that it is the one that the same path
 * means everywhere else. NULL with err when nothing may be put there.
 */
static const char *place_inside(struct sbx_plan *plan, const struct sbx_path_option *option, struct sbx_err *err)
{
	struct sbx_resolved at;
	const char *place = option->dst;

	if (!plan->rooted) {
		fail_option(err, option, "needs the mount namespace");
		return NULL;
	}
	if (sbx_resolve("/", option->dst, &at) == 0) {
		if (at.planted) {
			fail_option(err, option, SBX_REASON_PLANTED);
			return NULL;
		}
		sbx_plan_links(plan, &at);
		place = at.path;
	} else {
		sbx_plan_expect(plan, errno, option->dst);
	}
	place = sbx_plan_inside(plan, place);
	if (own_place(place, option->kind, option->src)) {
		fail_option(err, option, own_place(place, option->kind, option->src));
		return NULL;
	}
	return place;
}

static int grant_tmpfs(struct sbx_plan *plan, const struct sbx_path_option *option, struct sbx_err *err)
{
	const char *place = place_inside(plan, option, err);
	struct sbx_plan_mount *mount;

	if (!place)
		return -1;
	if (option->kind == SBX_PATH_TMPFS_EXEC && !(plan->policy->flags & SBX_POLICY_EXECUTES))
		return fail_option(err, option,
				   "this profile executes nothing behind its latch: --tmpfs, or --profile default");
	mount = sbx_plan_add(plan, SBX_MOUNT_TMPFS, place);
	mount->attr = plan->policy->masks[option_grant[option->kind]].attr;
	mount->mode = 0755;
	mount->size = option->size ? option->size : SBX_SIZE_AUTO;
	mount->inodes = SBX_TMPFS_INODES;
	sbx_plan_rules(plan, option_grant[option->kind], mount->dst, true);
	return 0;
}

static int hide_option(struct sbx_plan *plan, const struct sbx_path_option *option, const struct sbx_resolved *from,
		       struct sbx_err *err)
{
	if (!plan->rooted)
		return fail_option(err, option, "needs the mount namespace");
	if (strncmp(from->path, "/proc/", 6) == 0 && from->path[6] >= '0' && from->path[6] <= '9')
		return fail_option(err, option, "that is each process's own and can't be hidden");
	if (!from->path[1] || sbx_path_within(from->path, "/dev"))
		return fail_option(err, option,
				   from->path[1] ? "/dev is the sandbox's own: --set 'dev=[...]' says what is there" :
						   "nothing would be left");
	sbx_vec_push(&plan->hidden, sizeof(from->path), &from->path);
	return 0;
}

/* One of the harmless devices that the sandbox has anyway: /dev/null in place of a file empties it. */
static bool is_base_device(const struct sbx_plan *plan, const struct sbx_resolved *from)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, from->path);

	return S_ISCHR(from->st.st_mode) && mount && mount->type == SBX_MOUNT_BIND && !mount->late &&
	       strcmp(mount->dst, from->path) == 0;
}

/* Why the host's `from` can't be granted by a path option. */
static const char *not_a_path(const struct sbx_plan *plan, const struct sbx_path_option *option,
			      const struct sbx_resolved *from)
{
	const bool elsewhere = option->dst != option->src;

	if (S_ISCHR(from->st.st_mode) || S_ISBLK(from->st.st_mode))
		return elsewhere && option->kind == SBX_PATH_RO && is_base_device(plan, from) ?
			       NULL :
			       "a device can't be opened there: --dev PATH grants one, where it is in /dev";
	return !elsewhere && from->path[1] ? own_place(from->path, SBX_PATH_RO, from->path) : NULL;
}

/* What was granted is a device after all. */
static void allow_device(struct sbx_plan *plan, const struct sbx_resolved *from)
{
	struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, plan->mounts.count - 1);

	if (S_ISCHR(from->st.st_mode))
		mount->attr &= ~(uint32_t)MOUNT_ATTR_NODEV;
}

static int grant_option(struct sbx_plan *plan, const char *cwd, const struct sbx_path_option *option,
			struct sbx_err *err)
{
	const char *place = NULL, *reason;
	struct sbx_resolved *from;

	if (sbx_path_kind_private(option->kind))
		return grant_tmpfs(plan, option, err);
	from = sbx_alloc(sizeof(*from));
	errno = 0;
	if (sbx_resolve(cwd, option->src, from) < 0 || !from->exists) {
		if (option->may_miss && (from->path ? !from->exists : sbx_lookup_absent(errno)))
			return 0;
		sbx_err_set(err, SBX_STEP_GRANT, from->path ? ENOENT : errno, option->src);
		return -1;
	}
	if (option->kind == SBX_PATH_HIDE)
		return hide_option(plan, option, from, err);
	if (from->planted)
		return fail_option(err, option, SBX_REASON_PLANTED);
	if ((option->kind == SBX_PATH_RW || option->kind == SBX_PATH_RWX) &&
	    !sbx_sticky_may_create(from->path, &from->st))
		return fail_option(err, option, SBX_REASON_FOREIGN);
	reason = not_a_path(plan, option, from);
	if (reason)
		return fail_option(err, option, reason);
	if (option->dst != option->src) {
		place = place_inside(plan, option, err);
		if (!place)
			return -1;
	}
	sbx_plan_grant(plan, option_grant[option->kind], from, place);
	if (place)
		allow_device(plan, from);
	return 0;
}

/* Does it lack an attribute, which takes something away, that the one below it has? */
static bool is_wider(const struct sbx_plan_mount *mount, const void *below)
{
	return ((const struct sbx_plan_mount *)below)->attr & ~mount->attr;
}

/* Landlock's rules only add up: without mounts nothing takes away below a directory what was granted for it. */
static int check_additive(const struct sbx_plan *plan, struct sbx_err *err)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
		const struct sbx_plan_mount *wider =
			sbx_plan_find_fitting(plan, mount->dst, mount->dst_len, is_wider, mount);

		if (wider && (wider->option || mount->option))
			return sbx_err_set(err, SBX_STEP_GRANT, 0,
					   sbx_format("%s: without the mount namespace a stricter grant inside a wider "
						      "one holds nothing",
						      mount->option ? mount->option : wider->option));
	}
	return 0;
}

int sbx_grants_paths(struct sbx_plan *plan, const char *cwd, const struct sbx_options *options, struct sbx_err *err)
{
	for (size_t i = 0; i < options->paths.count; i++) {
		const struct sbx_path_option *option = sbx_vec_at(&options->paths, i);

		plan->option = option_text(option);
		if (grant_option(plan, cwd, option, err) < 0)
			return -1;
	}
	return plan->rooted ? 0 : check_additive(plan, err);
}
