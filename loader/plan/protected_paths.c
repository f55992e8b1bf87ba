/* SPDX-License-Identifier: MIT */
/*
 * protected_paths.c -- resolves the policy's table of protected paths at run time, for a home may be reached through a
 * symlink (/home -> /data/home) and the compiled policy knows only what was written down; and says why what an argument
 * names is not granted.
 */
#include "loader/plan/protected_paths.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/sticky.h"
#include "loader/plan/mount_aliases.h"
#include "shim/err.h"
#include "shim/home.h"
#include "shim/lookup.h"
#include "shim/protected.h"
#include "shim/secrets.h"

static void push_item(struct sbx_plan *plan, const struct sbx_protected_path *item)
{
	sbx_vec_push(&plan->protected_paths, sizeof(*item), item);
}

static void push_protected(struct sbx_plan *plan, enum sbx_protect_kind kind, const char *path, bool is_link)
{
	push_item(plan, &(struct sbx_protected_path){ .kind = kind, .path = path, .is_link = is_link });
}

/* A dot entry of a home that is a symlink: what it leads to is protected. */
static void load_dot_links(struct sbx_plan *plan, const struct sbx_resolved *home)
{
	cleanup_fd int dir = openat(AT_FDCWD, home->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t left = home->st.st_uid == geteuid() ? SIZE_MAX : SBX_PROTECTED_ENTRIES_MAX;
	struct sbx_entries entries = { .fd = dir, .errnum = dir < 0 ? errno : 0 };
	const struct sbx_entry *entry;

	while (dir >= 0 && left-- > 0 && (entry = sbx_entries_next(&entries))) {
		struct sbx_resolved real;
		const char *path;

		if (entry->name[0] != '.' || (entry->type != DT_LNK && entry->type != DT_UNKNOWN) ||
		    sbx_is_dot_entry(entry->name))
			continue;
		path = sbx_format("%s/%s", home->path, entry->name);
		if (sbx_resolve("/", path, &real) < 0)
			sbx_plan_expect(plan, errno, path);
		else if (real.links.count && real.exists &&
			 sbx_protected_dot_link(home->st.st_uid, real.st.st_uid, geteuid(),
						sbx_path_within(real.path, home->path)))
			push_protected(plan, SBX_PROTECT_PATH, real.path, false);
	}
	if (entries.errnum)
		sbx_plan_expect(plan, entries.errnum, home->path);
}

static void load_protected(struct sbx_plan *plan, enum sbx_protect_kind kind, const char *text)
{
	/* --config ../x.conf: as it is written it would seem to lie below the directory that it leaves */
	const char *plain = kind == SBX_PROTECT_NAME || sbx_path_is_plain(text) ? text : sbx_path_plain(text);
	struct sbx_resolved real;
	bool resolved;

	if (plain)
		push_protected(plan, kind, plain, false);
	if (kind == SBX_PROTECT_NAME ||
	    kind == SBX_PROTECT_SYSTEM) /* paths that are resolved already are compared with it */
		return;
	resolved = sbx_resolve("/", text, &real) == 0;
	if (!resolved)
		sbx_plan_expect(plan, errno, text);
	if (resolved && strcmp(real.path, text) != 0)
		push_protected(plan, kind, real.path, false);
	if (resolved && kind == SBX_PROTECT_HOME)
		load_dot_links(plan, &real);
	for (size_t i = 0; i < real.links.count; i++)
		push_protected(plan, kind, ((struct sbx_link *)sbx_vec_at(&real.links, i))->at, true);
}

/*
 * UNTRUSTED: HOME. Programs keep their keys where it says, above all for a caller without an entry in the passwd
 * database: so it protects what a home of the database's would, and it never grants anything. A directory that others
 * use as well stays one that can be granted.
 */
static void load_variable(struct sbx_plan *plan)
{
	const char *home = getenv("HOME");
	struct sbx_protected_path item = { .kind = SBX_PROTECT_HOME, .by_variable = true };
	struct sbx_resolved real;

	if (!home || home[0] != '/')
		return;
	if (sbx_resolve("/", home, &real) < 0) {
		sbx_plan_expect(plan, errno, home);
		return;
	}
	if (!real.exists || !S_ISDIR(real.st.st_mode))
		return;
	item.path = real.path;
	item.is_shared = !sbx_home_is_own(real.path);
	push_item(plan, &item);
	load_dot_links(plan, &real);
	item.is_link = true;
	for (size_t i = 0; i < real.links.count; i++) {
		item.path = ((struct sbx_link *)sbx_vec_at(&real.links, i))->at;
		push_item(plan, &item);
	}
}

const struct sbx_vec *sbx_protected_paths(struct sbx_plan *plan)
{
	const struct sbx_policy_blob *policy = plan->policy;
	const struct sbx_protect *protect = sbx_at(policy, policy->protect);
	const size_t count = policy->protect.len / sizeof(*protect);

	if (plan->protected_paths.count)
		return &plan->protected_paths;
	for (size_t i = 0; i < count; i++)
		if (protect[i].kind != SBX_PROTECT_SECRET && protect[i].kind != SBX_PROTECT_GUARD)
			load_protected(plan, (enum sbx_protect_kind)protect[i].kind,
				       sbx_str(policy, policy->strings, protect[i].text));
	load_variable(plan);
	return &plan->protected_paths;
}

/* What a mount shows at alias->path is what `item` protects. */
static void push_alias(struct sbx_plan *plan, struct sbx_protected_path item, const struct sbx_mount_alias *alias)
{
	const bool part = !sbx_path_within(item.path, alias->is); /* not all of it */

	if (part && !sbx_protected_reason(item.kind, item.path, alias->is, false) && item.kind != SBX_PROTECT_SYSTEM)
		return;
	if (part && item.kind == SBX_PROTECT_HOME)
		item.kind = SBX_PROTECT_PATH;
	item.path = alias->path;
	sbx_vec_push(&plan->protected_paths, sizeof(item), &item);
}

static void find_aliases(struct sbx_vec *aliases, const char *path)
{
	aliases->count = 0;
	sbx_mount_aliases_find(path, aliases);
}

/* Paths as texts, from the first'th on, by their other names as well. */
static void add_names(struct sbx_vec *paths, size_t first)
{
	const size_t count = paths->count;
	struct sbx_vec aliases = { 0 };

	for (size_t i = first; i < count; i++) {
		find_aliases(&aliases, *(char **)sbx_vec_at(paths, i));
		for (size_t a = 0; a < aliases.count; a++)
			sbx_vec_push(paths, sizeof(char *), &((struct sbx_mount_alias *)sbx_vec_at(&aliases, a))->path);
	}
}

const struct sbx_vec *sbx_protected_paths_everywhere(struct sbx_plan *plan)
{
	const struct sbx_vec *paths = sbx_protected_paths(plan);
	const size_t count = paths->count;
	struct sbx_vec aliases = { 0 };

	if (plan->by_mounts && plan->hidden_by_mounts == plan->hidden.count)
		return paths;
	if (sbx_mount_aliases_load() < 0) {
		/* Inside a sandbox without /proc the outer one holds. */
		if (!((plan->policy->flags & SBX_POLICY_NESTED) && sbx_lookup_absent(errno)) && !plan->failed.errnum)
			sbx_err_set(&plan->failed, SBX_STEP_GRANT, errno, "/proc/self/mountinfo");
		return paths;
	}
	for (size_t i = plan->by_mounts ? count : 0; i < count; i++) {
		const struct sbx_protected_path item = *(struct sbx_protected_path *)sbx_vec_at(paths, i);

		if (item.kind == SBX_PROTECT_NAME)
			continue;
		find_aliases(&aliases, item.path);
		for (size_t a = 0; a < aliases.count; a++)
			push_alias(plan, item, sbx_vec_at(&aliases, a));
	}
	add_names(&plan->programs, plan->by_mounts ? plan->programs.count : 0);
	add_names(&plan->hidden, plan->hidden_by_mounts);
	plan->hidden_by_mounts = plan->hidden.count;
	plan->by_mounts = true;
	return paths;
}

bool sbx_protected_paths_system(struct sbx_plan *plan, const char *path)
{
	const struct sbx_vec *paths = sbx_protected_paths_everywhere(plan);

	for (size_t i = 0; i < paths->count; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind == SBX_PROTECT_SYSTEM && sbx_path_within(path, item->path))
			return true;
	}
	return false;
}

/* A symlink on the way to what is protected may be named, unless it is a dot entry of a home. */
static const char *reason_for(const struct sbx_protected_path *item, const char *path, bool whole)
{
	if (item->is_link && item->kind != SBX_PROTECT_HOME)
		return NULL;
	return sbx_protected_reason(item->kind, item->path, path, whole && !item->is_link && !item->is_shared);
}

bool sbx_protected_paths_hidden(struct sbx_plan *plan, const char *path)
{
	const struct sbx_vec *paths = sbx_protected_paths_everywhere(plan);

	if (sbx_plan_hides(plan, path))
		return true;
	for (size_t i = 0; i < paths->count; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind != SBX_PROTECT_NAME && reason_for(item, path, false))
			return true;
	}
	return false;
}

bool sbx_protected_paths_secret(const struct sbx_plan *plan, const char *path, bool is_dir)
{
	const struct sbx_policy_blob *policy = plan->policy;
	const struct sbx_protect *protect = sbx_at(policy, policy->protect);
	const struct sbx_secret_name name = sbx_secret_name(path, is_dir);
	int says = 0;

	for (size_t i = policy->protect.len / sizeof(*protect); i-- > 0 && !says;)
		if (protect[i].kind == SBX_PROTECT_SECRET)
			says = sbx_secret_match(sbx_str(policy, policy->strings, protect[i].text), &name);
	return says > 0;
}

static const char *reason_of(struct sbx_plan *plan, const char *path, bool whole)
{
	const struct sbx_vec *paths = sbx_protected_paths_everywhere(plan);

	if (sbx_plan_hides(plan, path))
		return SBX_REASON_HIDDEN;
	for (size_t i = 0; i < paths->count; i++) {
		const char *reason = reason_for(sbx_vec_at(paths, i), path, whole);

		if (reason)
			return reason;
	}
	return NULL;
}

/* A mount may show the root, or a directory in it, somewhere else. */
static const char *top_reason(const char *path, bool is_dir)
{
	const char *reason = sbx_protected_top(path, is_dir);
	struct sbx_vec aliases = { 0 };

	if (reason || !is_dir || !sbx_mount_aliases_point(path))
		return reason;
	sbx_mount_aliases_find(path, &aliases);
	for (size_t i = 0; !reason && i < aliases.count; i++) {
		const struct sbx_mount_alias *alias = sbx_vec_at(&aliases, i);

		reason = strcmp(alias->is, path) == 0 ? sbx_protected_top(alias->path, true) : NULL;
	}
	return reason;
}

const char *sbx_protected_paths_reason(struct sbx_plan *plan, const struct sbx_resolved *resolved)
{
	const bool is_dir = resolved->exists && S_ISDIR(resolved->st.st_mode);
	const char *reason = reason_of(plan, resolved->path, true), *top = top_reason(resolved->path, is_dir);

	if (top)
		reason = top;
	else if (resolved->planted)
		reason = SBX_REASON_PLANTED;
	if (!reason && resolved->exists && sbx_protected_paths_secret(plan, resolved->path, is_dir))
		reason = SBX_REASON_SECRET;
	for (size_t i = 0; !reason && i < resolved->links.count; i++) {
		const char *at = ((struct sbx_link *)sbx_vec_at(&resolved->links, i))->at;

		if (reason_of(plan, at, false))
			reason = "reached through a protected path";
		else if (sbx_protected_paths_secret(plan, at, true) ||
			 (!is_dir && sbx_protected_paths_secret(plan, at, false)))
			reason = "reached through a symlink that is " SBX_REASON_SECRET;
	}
	return reason;
}
