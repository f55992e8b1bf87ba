/*
 * protected_paths.c -- resolves the policy's table of protected paths at run time: a home may be reached through a
 * symlink (/home -> /data/home), and the compiled policy knows only what was written down.
 */
#include "loader/plan/protected_paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"

static void push_protected(struct sbx_plan *plan, enum sbx_protect_kind kind, const char *path, bool is_link)
{
	const struct sbx_protected_path item = { kind, path, is_link };

	sbx_vec_push(&plan->protected_paths, sizeof(item), &item);
}

/* A dot entry of a canonical home that is a symlink: what it leads to is protected, unless that is the system's. */
static void load_dot_links(struct sbx_plan *plan, const char *home)
{
	cleanup_fd int dir = openat(AT_FDCWD, home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct sbx_entries entries = { .fd = dir };
	const struct sbx_entry *entry;

	while (dir >= 0 && (entry = sbx_entries_next(&entries))) {
		struct sbx_resolved real;

		if (entry->name[0] == '.' && (entry->type == DT_LNK || entry->type == DT_UNKNOWN) &&
		    strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0 &&
		    sbx_resolve("/", sbx_format("%s/%s", home, entry->name), &real) == 0 && real.links.count &&
		    real.exists && (real.st.st_uid != 0 || sbx_path_within(real.path, home)))
			push_protected(plan, SBX_PROTECT_PATH, real.path, false);
	}
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
	if (resolved && strcmp(real.path, text) != 0)
		push_protected(plan, kind, real.path, false);
	if (resolved && kind == SBX_PROTECT_HOME)
		load_dot_links(plan, real.path);
	for (size_t i = 0; i < real.links.count; i++)
		push_protected(plan, kind, ((struct sbx_link *)sbx_vec_at(&real.links, i))->at, true);
}

const struct sbx_vec *sbx_protected_paths(struct sbx_plan *plan)
{
	const struct sbx_policy_blob *policy = plan->policy;
	const struct sbx_protect *protect = sbx_at(policy, policy->protect);
	const size_t count = policy->protect.len / sizeof(*protect);

	if (plan->protected_paths.count)
		return &plan->protected_paths;
	for (size_t i = 0; i < count; i++)
		load_protected(plan, (enum sbx_protect_kind)protect[i].kind,
			       sbx_str(policy, policy->strings, protect[i].text));
	return &plan->protected_paths;
}

bool sbx_protected_paths_system(struct sbx_plan *plan, const char *path)
{
	const struct sbx_vec *paths = sbx_protected_paths(plan);

	for (size_t i = 0; i < paths->count; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind == SBX_PROTECT_SYSTEM && sbx_path_within(path, item->path))
			return true;
	}
	return false;
}
