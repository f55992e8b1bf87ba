/* SPDX-License-Identifier: MIT */
/*
 * output_designate.c -- outputs that no grammar names: what isn't there and looks like one, and names in a directory.
 * UNTRUSTED: their names.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/vec.h"
#include "loader/output/output_grants.h"
#include "loader/output/output_place.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"

/* The directory is there to be read, by a grant of the policy or the caller's: it isn't put behind a stage for a guess.
 */
static bool is_shown(const struct sbx_outputs *outputs, const char *dir)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(outputs->plan, dir);

	for (size_t i = 0; i < outputs->inputs.count; i++)
		if (sbx_path_within(dir, *(char **)sbx_vec_at(&outputs->inputs, i)))
			return true;
	return mount && mount->type == SBX_MOUNT_BIND && !mount->staged;
}

int sbx_output_grant_absent(const struct sbx_outputs *outputs, const char *word, bool sure, uint32_t flags,
			    struct sbx_err *err)
{
	struct sbx_resolved *path = sbx_alloc(sizeof(*path));
	const struct sbx_resolved *parent;
	const char *reason;

	if (!outputs->plan->rooted || !sbx_output_staged(outputs->plan))
		return 0;
	if (sbx_resolve(outputs->cwd, word, path) < 0) {
		sbx_plan_expect(outputs->plan, errno, word);
		return 0;
	}
	if (sbx_precedence_over(outputs->plan, path->path) || sbx_precedence_read_only(outputs->plan, path->path))
		return 0;
	parent = path->exists || path->ends_in_link ? NULL : sbx_output_parent(outputs->plan, path);
	if (!parent || !sbx_output_dir_writable(outputs->plan, parent))
		return 0;
	reason = sbx_output_refusal(outputs->plan, path);
	if (reason && sure && sbx_output_lost(outputs->plan, path, reason, err) < 0)
		return -1;
	if (reason && (sure || strchr(word, '/')))
		sbx_output_grant_refuse(outputs->plan, path, reason, "--rw");
	if (reason || (!sure && is_shown(outputs, parent->path)))
		return 0;
	if (sbx_output_in_bind(outputs->plan, parent->path))
		return 1;
	return sbx_output_stage_new(outputs, path, parent, flags, err) < 0 ? -1 : 1;
}

#define MERGE_DEPTH_MAX 200
#define MERGE_ENTRIES_MAX 20000u

static bool is_directory(const struct sbx_outputs *outputs, const char *word)
{
	struct sbx_resolved path;

	return sbx_resolve(outputs->cwd, word, &path) == 0 && path.exists && S_ISDIR(path.st.st_mode) && !path.planted;
}

/* What is in `word` is to be put into `dir`, which is there: directories of one name are merged. */
static int grant_merged(const struct sbx_outputs *outputs, const char *dir, const char *word, uint32_t flags,
			unsigned depth, struct sbx_err *err)
{
	struct sbx_resolved from;
	struct dirent *entry;
	unsigned left = MERGE_ENTRIES_MAX;
	int ret = 0;
	DIR *list;

	if (!depth || sbx_resolve(outputs->cwd, word, &from) < 0 || !from.exists ||
	    sbx_protected_paths_reason(outputs->plan, &from))
		return 0;
	list = opendir(from.path);
	while (list && ret == 0 && left && (entry = readdir(list))) {
		const char *at = sbx_format("%s/%s", word, entry->d_name),
			   *to = sbx_format("%s/%s", dir, entry->d_name);

		if (sbx_is_dot_entry(entry->d_name))
			continue;
		left--;
		ret = is_directory(outputs, at) && is_directory(outputs, to) ?
			      grant_merged(outputs, to, at, flags, depth - 1, err) :
			      sbx_output_grant_named(outputs, to, flags, err);
	}
	if (list)
		closedir(list);
	return ret;
}

int sbx_output_grant_into(const struct sbx_outputs *outputs, const char *dir, const char *word, uint32_t flags,
			  struct sbx_err *err)
{
	const uint32_t as = (flags & ~SBX_ARG_CONTENTS) | SBX_OUTPUT_SURE;
	const bool merges = (flags & SBX_ARG_TREE) && !(flags & SBX_ARG_SELF) && is_directory(outputs, word);
	const char *end = word + strlen(word);
	const char *name, *to;

	if (merges && (flags & SBX_ARG_CONTENTS) && end > word && end[-1] == '/')
		return grant_merged(outputs, dir, word, as, MERGE_DEPTH_MAX, err);
	while (end > word && end[-1] == '/')
		end--;
	for (name = end; name > word && name[-1] != '/';)
		name--;
	to = sbx_strndup(name, (size_t)(end - name));
	if (merges && sbx_is_dot_entry(to)) /* cp -r DIR/. TO */
		return grant_merged(outputs, dir, word, as, MERGE_DEPTH_MAX, err);
	if (!*to || sbx_is_dot_entry(to))
		return 0;
	to = sbx_format("%s/%s", dir, to);
	return merges && is_directory(outputs, to) ? grant_merged(outputs, to, word, as, MERGE_DEPTH_MAX, err) :
						     sbx_output_grant_named(outputs, to, as, err);
}
