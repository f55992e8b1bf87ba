/* SPDX-License-Identifier: MIT */
/*
 * precedence.c -- one order for all that is granted. Mounts carry it: Landlock's rules only add up, and what is not
 * mounted has nothing for them to find. Paths are the plan's own.
 */
#include "loader/plan/precedence.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "shim/err.h"
#include "shim/paths.h"

#define PERMISSIVE_BITS (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC) /* their absence permits something */

static bool is_host_bind(const struct sbx_plan_mount *mount)
{
	return mount->type == SBX_MOUNT_BIND && !mount->staged;
}

/* What of the host's the bind shows at `path`, at or below its place. */
static char *shown_at(const struct sbx_plan_mount *bind, const char *path)
{
	return sbx_join(bind->src[1] ? bind->src : "", path + (bind->dst[1] ? bind->dst_len : 0));
}

/* Do both show the same at the place of `below`, which lies at or below the other's? */
static bool shows_same(const struct sbx_plan_mount *bind, const struct sbx_plan_mount *below)
{
	return is_host_bind(bind) && is_host_bind(below) && strcmp(shown_at(bind, below->dst), below->src) == 0;
}

/* /proc, what it is made of, the private directories: no option takes them away from above. */
static bool is_own(const struct sbx_plan_mount *mount)
{
	return mount->type == SBX_MOUNT_MASK || mount->type == SBX_MOUNT_PROC || mount->type == SBX_MOUNT_DEVPTS ||
	       (mount->type == SBX_MOUNT_TMPFS && mount->rank == SBX_RANK_BASE) ||
	       sbx_path_within(mount->dst, "/dev") || sbx_path_within(mount->dst, SBX_INNER_DIR);
}

typedef bool choose_fn(const struct sbx_plan_mount *candidate, const struct sbx_plan_mount *of);

struct governed {
	const struct sbx_plan_mount *of;
	choose_fn *choose;
};

static bool is_chosen(const struct sbx_plan_mount *mount, const void *context)
{
	const struct governed *governed = context;
	const struct sbx_plan_mount *of = governed->of;

	return (mount->dst_len < of->dst_len || mount < of) && governed->choose(mount, of);
}

/* The deepest that is chosen of those at or above the place of `of`, itself and later ones at the same place aside. */
static const struct sbx_plan_mount *governing(const struct sbx_plan *plan, const struct sbx_plan_mount *of,
					      choose_fn *choose)
{
	const struct governed governed = { of, choose };

	return sbx_plan_find_fitting(plan, of->dst, of->dst_len, is_chosen, &governed);
}

static bool is_option_above(const struct sbx_plan_mount *mount, const struct sbx_plan_mount *of)
{
	return mount->rank == SBX_RANK_OPTION && mount->dst_len < of->dst_len;
}

/* $PWD in the policy's lists: they add up with what its lists name below. */
static bool is_late_policy_above(const struct sbx_plan_mount *mount, const struct sbx_plan_mount *of)
{
	return mount->rank == SBX_RANK_POLICY && mount->late && mount->dst_len < of->dst_len && shows_same(mount, of);
}

/* Below what is writable, and no more than that. Below what isn't it stays: protection may hide what is around it. */
static bool gives_less(const struct sbx_plan_mount *mount, const struct sbx_plan_mount *than)
{
	return !(than->attr & MOUNT_ATTR_RDONLY) && !(than->attr & ~mount->attr & PERMISSIVE_BITS);
}

/* Is the policy's mount overruled by an option, or does it add nothing to what the policy grants above it? */
static bool is_overruled(const struct sbx_plan *plan, const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *above;

	if (mount->rank == SBX_RANK_OPTION || is_own(mount))
		return false;
	above = governing(plan, mount, is_option_above);
	if (above && shows_same(above, mount))
		return gives_less(mount, above);
	if (above && mount->type == SBX_MOUNT_TMPFS && is_host_bind(above))
		return false; /* the policy's private directory hides what the option shows around it */
	if (above && (!is_host_bind(above) || strcmp(above->src, above->dst) != 0))
		return true;
	if (above || mount->late)
		return false;
	above = governing(plan, mount, is_late_policy_above);
	return above && gives_less(mount, above);
}

void sbx_precedence_drop(struct sbx_plan *plan, const struct sbx_plan_mount *mount)
{
	if (!mount->late)
		sbx_vec_push(&plan->dropped, sizeof(mount->dst), &mount->dst);
}

static void drop_overruled(struct sbx_plan *plan)
{
	bool *gone = sbx_alloc(plan->mounts.count * sizeof(*gone));
	struct sbx_plan_mount *mount = (void *)plan->mounts.items;
	size_t kept = 0;

	for (size_t i = 0; i < plan->mounts.count; i++)
		gone[i] = is_overruled(plan, &mount[i]);
	for (size_t i = 0; i < plan->mounts.count; i++) {
		if (gone[i])
			sbx_precedence_drop(plan, &mount[i]);
		else
			mount[kept++] = mount[i];
	}
	plan->mounts.count = kept;
	sbx_plan_changed(plan);
}

static bool is_same(const struct sbx_plan_mount *mount, const struct sbx_plan_mount *of)
{
	return shows_same(mount, of);
}

/* Reading and executing add up: --ro takes execution away only where something is writable. */
static void add_execution(struct sbx_plan *plan)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < plan->mounts.count; i++) {
			struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
			const struct sbx_plan_mount *by;

			if (mount->rank < SBX_RANK_POLICY || !is_host_bind(mount) ||
			    (mount->attr & PERMISSIVE_BITS) != PERMISSIVE_BITS || sbx_path_within(mount->dst, "/dev"))
				continue;
			by = governing(plan, mount, is_same);
			if (by && by->rank >= SBX_RANK_POLICY && (by->attr & PERMISSIVE_BITS) == MOUNT_ATTR_RDONLY) {
				mount->attr &= ~(uint32_t)MOUNT_ATTR_NOEXEC;
				changed = true;
			}
		}
	}
}

static bool is_any_above(const struct sbx_plan_mount *mount, const struct sbx_plan_mount *of)
{
	return mount->type != SBX_MOUNT_MASK && mount->type != SBX_MOUNT_DIR && mount->dst_len < of->dst_len;
}

/* What an option puts below a directory of the host's needs something to be put on: we make nothing there. */
static int check_place(struct sbx_plan *plan, const struct sbx_plan_mount *mount, struct sbx_err *err)
{
	const struct sbx_plan_mount *above = governing(plan, mount, is_any_above);
	const bool is_file = mount->flags & SBX_MOUNT_IS_FILE;
	const char *path;
	struct stat st;

	if (!above || !is_host_bind(above))
		return 0;
	path = shown_at(above, mount->dst);
	if (lstat(path, &st) == 0 && (is_file ? S_ISREG(st.st_mode) : S_ISDIR(st.st_mode)))
		return 0;
	return sbx_err_set(err, SBX_STEP_GRANT, 0,
			   sbx_format("%s: there is no %s %s to put it on: make it first",
				      mount->option ? mount->option : sbx_join("fs.tmpfs ", mount->dst),
				      is_file ? "file" : "directory", path));
}

/* The private home stays where an option grants what is above it: that is told, for the home is what was wanted. */
static void tell_private_home(struct sbx_plan *plan)
{
	const char *home = sbx_str(plan->policy, plan->policy->strings, plan->policy->home);
	const struct sbx_plan_mount *mount = *home ? sbx_plan_find(plan, home) : NULL, *above;

	if (!mount || mount->rank != SBX_RANK_BASE || mount->type != SBX_MOUNT_TMPFS || strcmp(mount->dst, home) != 0)
		return;
	above = governing(plan, mount, is_option_above);
	if (above && is_host_bind(above))
		sbx_plan_note(plan, home, sbx_format("the home is private, with %s too", above->option),
			      sbx_format("--ro %s", sbx_quote(home)));
}

int sbx_precedence_settle(struct sbx_plan *plan, struct sbx_err *err)
{
	if (!plan->rooted)
		return 0;
	tell_private_home(plan);
	drop_overruled(plan);
	add_execution(plan);
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->late && mount->type != SBX_MOUNT_SYMLINK &&
		    !(is_host_bind(mount) && strcmp(mount->src, mount->dst) == 0) && check_place(plan, mount, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_named(const struct sbx_plan_mount *mount, const void *context)
{
	(void)context;
	return mount->rank >= SBX_RANK_POLICY && mount->type != SBX_MOUNT_SYMLINK && mount->type != SBX_MOUNT_MASK;
}

/* The deepest mount at or above `path` that somebody has named: an option, or the policy. */
static const struct sbx_plan_mount *named_at(const struct sbx_plan *plan, const char *path)
{
	return sbx_plan_find_fitting(plan, path, strlen(path), is_named, NULL);
}

const struct sbx_plan_mount *sbx_precedence_shown(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = named_at(plan, path);

	return mount && is_host_bind(mount) && strcmp(mount->src, mount->dst) == 0 ? mount : NULL;
}

const struct sbx_plan_mount *sbx_precedence_over(const struct sbx_plan *plan, const char *path)
{
	return sbx_precedence_shown(plan, path) ? NULL : named_at(plan, path);
}

const char *sbx_precedence_read_only(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = named_at(plan, path);

	return mount && mount->rank == SBX_RANK_OPTION && strcmp(mount->dst, path) == 0 &&
			       (mount->attr & MOUNT_ATTR_RDONLY) ?
		       mount->option :
		       NULL;
}

bool sbx_precedence_hidden(const struct sbx_plan *plan, const struct sbx_plan_mount *mount)
{
	if (mount->type == SBX_MOUNT_BIND)
		return !mount->staged && sbx_plan_hides(plan, mount->src);
	return mount->rank == SBX_RANK_BASE && !sbx_path_within(mount->dst, SBX_INNER_DIR) &&
	       mount->type != SBX_MOUNT_DIR && mount->type != SBX_MOUNT_MASK && mount->type != SBX_MOUNT_PROC &&
	       !sbx_path_within(mount->dst, "/dev") && sbx_plan_hides(plan, mount->dst);
}

int sbx_precedence_check_hidden(const struct sbx_plan *plan, struct sbx_err *err)
{
	for (size_t i = 0; plan->hidden.count && i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
		const char *hidden = mount->option ? sbx_plan_hides(plan, mount->dst) : NULL;

		if (mount->option && !hidden && is_host_bind(mount))
			hidden = sbx_plan_hides(plan, mount->src);
		if (hidden)
			return sbx_err_set(
				err, SBX_STEP_GRANT, 0,
				sbx_format("%s: hidden by --hide %s: leave one of them out", mount->option, hidden));
	}
	return 0;
}
