/* SPDX-License-Identifier: MIT */
/*
 * output_entry.c -- entries of a directory that a command is named to move, remove or replace: they themselves, not
 * what they lead to. UNTRUSTED: their names.
 */
#include <errno.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "loader/output/output_grants.h"
#include "loader/output/output_place.h"
#include "loader/plan/protected_paths.h"

/* The entry that `word` ends in, no link followed there; NULL when it has no such form, or its directory isn't there.
 */
static struct sbx_resolved *resolve_entry(const struct sbx_outputs *outputs, const char *word)
{
	const char *name = sbx_basename(word);
	struct sbx_resolved dir, *entry;

	if (!*name || sbx_is_dot_entry(name))
		return NULL;
	if (sbx_resolve(outputs->cwd, strchr(word, '/') ? sbx_dirname(word) : ".", &dir) < 0) {
		sbx_plan_expect(outputs->plan, errno, word);
		return NULL;
	}
	if (!dir.exists || !S_ISDIR(dir.st.st_mode))
		return NULL;
	entry = sbx_output_grant_in(&dir, name);
	if (lstat(entry->path, &entry->st) == 0)
		entry->exists = true;
	else
		sbx_plan_expect(outputs->plan, errno, entry->path);
	return entry;
}

/* Does the directory hold something that is protected, hidden or granted otherwise? */
static bool holds_others(struct sbx_plan *plan, const char *dir)
{
	const struct sbx_vec *paths = sbx_protected_paths_everywhere(plan);

	for (size_t i = 0; i < paths->count; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind != SBX_PROTECT_NAME && sbx_path_within(item->path, dir))
			return true;
	}
	for (size_t i = 0; i < plan->hidden.count; i++)
		if (sbx_path_within(*(char **)sbx_vec_at(&plan->hidden, i), dir))
			return true;
	return sbx_plan_has_any(plan, dir) || sbx_plan_has_below(plan, dir, true);
}

/* What can't be moved or removed is there to be looked at. */
static void refuse_entry(const struct sbx_outputs *outputs, const struct sbx_resolved *entry,
			 const struct sbx_resolved *parent, const char *reason)
{
	if (!sbx_protected_paths_reason(outputs->plan, entry) && S_ISDIR(entry->st.st_mode))
		sbx_plan_grant(outputs->plan, SBX_GRANT_INPUT, entry, NULL);
	sbx_plan_note(outputs->plan, entry->path, reason,
		      strcmp(reason, SBX_REASON_HIDDEN) == 0 ? NULL : sbx_format("--rw %s", sbx_quote(parent->path)));
}

static int stage_entry(const struct sbx_outputs *outputs, const struct sbx_resolved *entry,
		       const struct sbx_resolved *parent, struct sbx_err *err)
{
	struct sbx_plan *plan = outputs->plan;
	const bool is_dir = S_ISDIR(entry->st.st_mode);
	const char *reason = sbx_output_refusal(plan, entry);
	struct sbx_stage_dir *dir;
	int staged;

	if (!reason && is_dir && holds_others(plan, entry->path))
		reason = "a directory that holds what is protected or granted otherwise: it can't be moved or removed";
	if (!reason && !sbx_output_dir_writable(plan, parent))
		reason = "its directory cannot be written";
	if (reason) {
		refuse_entry(outputs, entry, parent, reason);
		return 0;
	}
	dir = sbx_output_stage(outputs, entry, parent, err);
	if (!dir)
		return -1;
	if (outputs->stage->dry) {
		sbx_stage_name(dir, sbx_basename(entry->path), 0);
		return 0;
	}
	staged = sbx_stage_entry(dir, sbx_basename(entry->path), &entry->st, err);
	if (staged == 0)
		refuse_entry(outputs, entry, parent, "it can't be linked, and neither be moved nor removed");
	return staged < 0 ? -1 : 0;
}

/* rmdir -p a/b/c removes a, too. Where the way leads up again, or begins at the root, the end alone is meant. */
static void cut_chain(char *word)
{
	char *slash =
		word[0] == '/' || strstr(word, "..") ? NULL : strchr(word + (strncmp(word, "./", 2) ? 0 : 2), '/');

	if (slash)
		*slash = 0;
}

int sbx_output_grant_entry(const struct sbx_outputs *outputs, const char *word, uint32_t flags, struct sbx_err *err)
{
	const uint32_t others = flags & ~(SBX_ARG_SELF | SBX_ARG_OLD);
	const bool self = flags & SBX_ARG_SELF;
	char *bare = sbx_strdup(word);
	const struct sbx_resolved *entry, *parent;

	for (size_t len = strlen(bare); self && (flags & SBX_ARG_TREE) && len > 1 && bare[len - 1] == '/'; len--)
		bare[len - 1] = 0;
	if (self && (flags & SBX_ARG_CHAIN))
		cut_chain(bare);
	if (sbx_is_dot_entry(
		    sbx_basename(bare))) /* no command moves or removes it, but says so only where it is there */
		return sbx_output_grant_named(outputs, bare, others | SBX_ARG_TREE, err);
	entry = resolve_entry(outputs, bare);
	if (!entry || !entry->exists)
		return flags & SBX_ARG_OLD ? 0 : sbx_output_grant_named(outputs, word, others, err);
	if (!self || !outputs->plan->rooted || !sbx_output_staged(outputs->plan))
		return sbx_output_grant_named(outputs, word, others, err);
	if (S_ISREG(entry->st.st_mode) && !sbx_protected_paths_reason(outputs->plan, entry))
		return sbx_output_grant_named(outputs, word, others, err);
	if (S_ISDIR(entry->st.st_mode) && !(flags & SBX_ARG_TREE))
		return sbx_output_grant_named(outputs, word, others | SBX_ARG_TREE, err); /* it is only read */
	if (sbx_output_decided(outputs->plan, entry->path))
		return 0;
	parent = sbx_output_parent(outputs->plan, entry);
	if (!parent || sbx_output_in_bind(outputs->plan, parent->path))
		return 0;
	return stage_entry(outputs, entry, parent, err);
}
