/* SPDX-License-Identifier: MIT */
/*
 * hide_protected.c -- applies the policy's protected paths and the caller's --hide to what is granted.
 *
 * A path that an option grants by its own name stays; what is protected below a granted directory is masked. Names that
 * come into being during the run can't be masked: so a home is never granted writable as a whole, a protected path that
 * is absent below a writable grant refuses the grant, and so does one that holds sbx's own policies or cache.
 */
#include "loader/plan/hide_protected.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"
#include "loader/plan/replaced.h"
#include "shim/err.h"
#include "shim/landlock_rights.h"
#include "shim/lookup.h"
#include "shim/protected.h"

/* A granted directory, copied: the plan's array moves while it grows. */
struct cover {
	const char *src, *dst;
	uint32_t attr;
	bool is_file;
};

static struct cover cover_of(const struct sbx_plan_mount *mount)
{
	return (struct cover){ mount->src, mount->dst, mount->attr, mount->flags & SBX_MOUNT_IS_FILE };
}

static bool is_writable(const struct cover *cover)
{
	return !(cover->attr & MOUNT_ATTR_RDONLY);
}

/* Where the host's `path`, below cover->src, shows inside. */
static char *inside_path(const struct cover *cover, const char *path)
{
	return sbx_join(cover->dst[1] ? cover->dst : "", path + (cover->src[1] ? strlen(cover->src) : 0));
}

/* Hide the host's `path`, which lies below cover->src. A directory with grants below it becomes an empty skeleton. */
static void mask_path(struct sbx_plan *plan, const struct cover *cover, const char *path, bool is_file, bool secret)
{
	char *dst = inside_path(cover, path);
	const struct sbx_plan_mount *there = sbx_plan_mounted(plan, dst, false);
	const bool other = there && (there->staged || strcmp(there->dst, cover->dst) != 0);

	if (secret && (!other || there->type == SBX_MOUNT_MASK))
		sbx_vec_push(&plan->shut, sizeof(dst), &dst);
	if (other)
		return;                           /* something else is there than the covering directory's own */
	if (sbx_plan_has_below(plan, dst, false)) /* a mask must leave room for it */
		sbx_plan_add_empty(plan, dst, SBX_MODE_WAY);
	else
		sbx_plan_add(plan, SBX_MOUNT_MASK, dst)->flags = is_file ? SBX_MOUNT_IS_FILE : 0;
}

static int refuse_grant(struct sbx_err *err, const char *grant, const char *why, const char *path)
{
	return sbx_err_set(err, SBX_STEP_GRANT, 0, sbx_format("%s: %s %s", grant, why, path));
}

static bool is_below(const char *path, const struct cover *cover)
{
	return !cover->is_file && sbx_path_within(path, cover->src) && strcmp(path, cover->src) != 0;
}

/* sbx's own cache and policies: a file is hidden where it lies, but nobody writes a directory that holds a whole one.
 */
static bool reaches_own(const struct cover *cover, const struct sbx_protected_path *item)
{
	struct stat st;

	if (item->kind != SBX_PROTECT_SELF || !is_writable(cover))
		return false;
	return sbx_path_within(cover->src, item->path) ||
	       (is_below(item->path, cover) && (lstat(item->path, &st) < 0 || !S_ISREG(st.st_mode)));
}

/* What is hidden and isn't there may come during the run, with what is missing above it: no rule opens it then. */
static void shut_absent(struct sbx_plan *plan, const struct cover *cover, const char *hidden)
{
	const char *above = sbx_dirname(hidden), *first = hidden;
	struct stat st;
	char *dst;

	for (; lstat(above, &st) < 0; above = sbx_dirname(above)) {
		sbx_plan_expect(plan, errno, above);
		if (!sbx_lookup_absent(errno) || !is_below(above, cover))
			return;
		first = above;
	}
	if (!S_ISDIR(st.st_mode))
		return;
	dst = inside_path(cover, first);
	sbx_vec_push(&plan->shut, sizeof(dst), &dst);
	if (!is_writable(cover))
		sbx_plan_watch_absent(plan, hidden, dst);
}

static int hide_path(struct sbx_plan *plan, const struct cover *cover, const struct sbx_protected_path *item,
		     struct sbx_err *err)
{
	struct stat st;
	bool seen, there;

	if (reaches_own(cover, item))
		return refuse_grant(err, cover->src, "not granted writable, it would reach sbx's own", item->path);
	if (!is_below(item->path, cover))
		return 0;
	/* A link leads nowhere that isn't granted by itself, but whoever replaces it says what is protected. */
	seen = !item->is_link && lstat(item->path, &st) == 0;
	there = seen && !S_ISLNK(st.st_mode);
	if (!seen && !item->is_link)
		sbx_plan_expect(plan, errno, item->path);
	if (!there && is_writable(cover))
		return refuse_grant(err, cover->src, "not granted writable, it could make or replace the protected",
				    item->path);
	if (!seen && !item->is_link && item->kind != SBX_PROTECT_SELF)
		shut_absent(plan, cover, item->path);
	if (!there)
		return 0;
	if (!plan->rooted)
		return refuse_grant(err, cover->src, "without a mount namespace nothing hides the protected",
				    item->path);
	mask_path(plan, cover, item->path, !S_ISDIR(st.st_mode), item->kind != SBX_PROTECT_SELF);
	return 0;
}

/* A dot entry of a home; when it is a symlink, what it leads to is what is protected. */
static int hide_dot(struct sbx_plan *plan, const struct cover *cover, const char *home, uid_t owner, const char *name,
		    struct sbx_err *err)
{
	const char *path = sbx_join(home, "/", name);
	struct sbx_resolved real;

	if (sbx_resolve("/", path, &real) < 0) {
		sbx_plan_expect(plan, errno, path);
		return 0;
	}
	if (!real.exists || !is_below(real.path, cover))
		return 0;
	if (real.ends_in_link &&
	    !sbx_protected_dot_link(owner, real.st.st_uid, geteuid(), sbx_path_within(real.path, home)))
		return 0;
	if (!plan->rooted)
		return refuse_grant(err, cover->src, "without a mount namespace nothing hides the protected", path);
	mask_path(plan, cover, real.path, !S_ISDIR(real.st.st_mode), true);
	return 0;
}

static int hide_home(struct sbx_plan *plan, const struct cover *cover, const struct sbx_protected_path *item,
		     struct sbx_err *err)
{
	const char *home = item->path;
	struct sbx_entries entries = { .fd = -1 };
	const struct sbx_entry *entry;
	struct stat st = { .st_uid = geteuid() };
	int ret = 0;

	if (cover->is_file || !sbx_path_within(home, cover->src))
		return 0;
	if (is_writable(cover) && !item->is_shared)
		return refuse_grant(err, cover->src,
				    item->by_variable ?
					    "HOME, not granted writable as a whole; name directories in" :
					    "a home is not granted writable as a whole; name directories in",
				    home);
	entries.fd = item->is_link ? -1 : open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!item->is_link && entries.fd < 0)
		entries.errnum = errno;
	if (entries.fd >= 0)
		(void)!fstat(entries.fd, &st); /* the stricter rule, where that can't be told */
	while (entries.fd >= 0 && ret == 0 && (entry = sbx_entries_next(&entries)))
		if (entry->name[0] == '.' && !sbx_is_dot_entry(entry->name))
			ret = hide_dot(plan, cover, home, st.st_uid, entry->name, err);
	if (entries.fd >= 0 && !is_writable(cover) && !item->is_shared && st.st_uid == geteuid())
		shut_absent(plan, cover, sbx_join(home, "/.")); /* whatever has a dot: rules_around.c */
	if (entries.errnum)
		sbx_plan_expect(plan, entries.errnum, home);
	sbx_cleanup_fd(&entries.fd);
	return ret;
}

/* sbx's own programs run before anything is confined: below a writable directory they are bound read-only. */
static int keep_programs(struct sbx_plan *plan, const struct cover *cover, struct sbx_err *err)
{
	for (size_t i = 0; is_writable(cover) && i < plan->programs.count; i++) {
		struct sbx_plan_mount *mount;
		struct sbx_resolved real;
		const char *path;

		path = *(char **)sbx_vec_at(&plan->programs, i);
		if (sbx_resolve("/", path, &real) < 0) {
			sbx_plan_expect(plan, errno, path);
			continue;
		}
		path = real.path;
		if (cover->is_file ? strcmp(path, cover->src) == 0 : is_below(path, cover) && !plan->rooted)
			return refuse_grant(err, cover->src, "not granted writable, it would reach sbx's own", path);
		if (!is_below(path, cover))
			continue;
		mount = sbx_plan_add(plan, SBX_MOUNT_BIND, inside_path(cover, path));
		mount->src = path;
		mount->attr = cover->attr | MOUNT_ATTR_RDONLY;
		mount->flags = SBX_MOUNT_IS_FILE;
	}
	return 0;
}

static int hide_below(struct sbx_plan *plan, const struct cover *cover, struct sbx_err *err)
{
	const struct sbx_vec *paths = sbx_protected_paths(plan);
	int ret = keep_programs(plan, cover, err);

	for (size_t i = 0; i < paths->count && ret == 0; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind == SBX_PROTECT_HOME)
			ret = hide_home(plan, cover, item, err);
		else if (item->kind != SBX_PROTECT_NAME && item->kind != SBX_PROTECT_SYSTEM)
			ret = hide_path(plan, cover, item, err);
	}
	return ret;
}

/* --hide: nothing that lies in what is hidden is mounted anywhere. */
static void drop_hidden(struct sbx_plan *plan)
{
	struct sbx_plan_mount *mount = (void *)plan->mounts.items;
	const size_t count = plan->mounts.count;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (sbx_precedence_hidden(plan, &mount[i]))
			sbx_precedence_drop(plan, &mount[i]);
		else
			mount[kept++] = mount[i];
	plan->mounts.count = kept;
	if (kept < count)
		sbx_plan_changed(plan);
}

static bool push_number(void *numbers, size_t i)
{
	sbx_vec_push(numbers, sizeof(i), &i);
	return false;
}

/* What shows the hidden path masks it there. `shown`: the binds of directories, by what of the host's they show. */
static void apply_hidden(struct sbx_plan *plan, const struct sbx_path_index *shown, const char *hidden,
			 struct sbx_vec *numbers)
{
	const struct sbx_plan_mount *mount;
	struct stat st;
	const bool there = lstat(hidden, &st) == 0;

	if (!there)
		sbx_plan_expect(plan, errno, hidden);
	numbers->count = 0;
	sbx_path_index_above(shown, hidden, strlen(hidden), push_number, numbers);
	for (size_t i = 0; i < numbers->count; i++) {
		const struct sbx_plan_mount *at = sbx_vec_at(&plan->mounts, *(size_t *)sbx_vec_at(numbers, i));
		const struct cover cover = cover_of(at);

		if (is_below(hidden, &cover) && there)
			mask_path(plan, &cover, hidden, !S_ISDIR(st.st_mode), true);
		else if (!at->staged && is_below(hidden, &cover))
			shut_absent(plan, &cover, hidden);
	}
	mount = sbx_plan_mounted(plan, hidden, false);
	if (mount && mount->type == SBX_MOUNT_PROC && strcmp(mount->dst, hidden) != 0 && there)
		sbx_plan_add(plan, SBX_MOUNT_MASK, hidden)->flags =
			SBX_MOUNT_OPTIONAL | (S_ISDIR(st.st_mode) ? 0 : SBX_MOUNT_IS_FILE);
}

static void apply_all_hidden(struct sbx_plan *plan)
{
	struct sbx_path_index shown = { .room = 0 };
	struct sbx_vec numbers = { 0 };

	if (!plan->hidden.count)
		return;
	drop_hidden(plan);
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->type == SBX_MOUNT_BIND && !(mount->flags & SBX_MOUNT_IS_FILE))
			sbx_path_index_add(&shown, mount->src, strlen(mount->src), i);
	}
	for (size_t i = 0; i < plan->hidden.count; i++)
		apply_hidden(plan, &shown, *(char **)sbx_vec_at(&plan->hidden, i), &numbers);
}

/* In place the policy's own grants are nothing but rules. */
static int check_rules(struct sbx_plan *plan, struct sbx_err *err)
{
	const struct sbx_layer *floor = sbx_at(plan->policy, plan->policy->floor);
	const struct sbx_rule *rule = sbx_at(floor, floor->rules);
	const size_t count = plan->rooted ? 0 : floor->rules.len / sizeof(*rule);
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++) {
		const char *path = sbx_str(floor, floor->strings, rule[i].path);
		const struct cover cover = { path, path, 0, false };

		if (rule[i].fd >= 0 || !path[1] || !(rule[i].access & SBX_FS_WRITE_FILE) ||
		    sbx_path_within(path, "/dev"))
			continue;
		sbx_protected_paths_everywhere(plan);
		ret = hide_below(plan, &cover, err);
	}
	return ret;
}

/* Root's own, as the compiler saw it, and nothing below it that is protected: a home's dot links count, too. */
static bool is_harmless(struct sbx_plan *plan, const struct sbx_plan_mount *mount)
{
	const struct sbx_vec *paths = sbx_protected_paths(plan);

	if (!(mount->flags & SBX_MOUNT_SYSTEM) || !(mount->attr & MOUNT_ATTR_RDONLY))
		return false;
	for (size_t i = 0; i < paths->count; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind != SBX_PROTECT_NAME && item->kind != SBX_PROTECT_SYSTEM &&
		    sbx_path_within(item->path, mount->src))
			return false;
	}
	return true;
}

int sbx_hide_protected(struct sbx_plan *plan, struct sbx_err *err)
{
	const size_t granted = plan->mounts.count;

	if (plan->hidden.count)
		sbx_protected_paths_everywhere(plan);
	if (check_rules(plan, err) < 0)
		return -1;
	for (size_t i = 0; i < granted; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
		const struct cover cover = cover_of(mount);

		if (mount->type != SBX_MOUNT_BIND || mount->staged || (cover.is_file && !is_writable(&cover)))
			continue;
		if (!(mount->flags & SBX_MOUNT_OS))
			sbx_protected_paths_everywhere(plan);
		if (!is_harmless(plan, mount) && hide_below(plan, &cover, err) < 0)
			return -1;
	}
	if (sbx_precedence_check_hidden(plan, err) < 0)
		return -1;
	apply_all_hidden(plan);
	return 0;
}
