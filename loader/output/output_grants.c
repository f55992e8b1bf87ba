/* SPDX-License-Identifier: MIT */
/*
 * output_grants.c -- grants for outputs. UNTRUSTED: their names, and what lies in their directories: whoever owns one
 * can put something else in its place at any time, so everything is done by descriptor and looked at again.
 */
#include "loader/output/output_grants.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/mounts.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/base/sticky.h"
#include "loader/base/vec.h"
#include "loader/output/output_place.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"
#include "shim/err.h"

/* Is there something at the place already that isn't the skeleton's: then silence is no surprise. */
static bool is_visible(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	/* An empty private directory in its place is a surprise, and so is an output's that lacks it. */
	if (mount && (mount->type == SBX_MOUNT_TMPFS || (mount->staged && strcmp(mount->dst, path) != 0)))
		return false;
	return mount &&
	       (strcmp(mount->dst, path) == 0 || mount->type == SBX_MOUNT_BIND || mount->type == SBX_MOUNT_PROC) &&
	       mount->type != SBX_MOUNT_MASK;
}

void sbx_output_grant_refuse(struct sbx_plan *plan, const struct sbx_resolved *path, const char *reason,
			     const char *option)
{
	/* What isn't there yet can't be seen although its directory can. */
	const bool news = !path->exists && sbx_protected_paths_system(plan, path->path);
	const char *named = path->path;

	if (!news && is_visible(plan, path->path))
		return;
	for (size_t i = 0; !news && i < path->links.count; i++) /* /dev/stdin, /proc/self/...: these are there inside */
		if (is_visible(plan, ((struct sbx_link *)sbx_vec_at(&path->links, i))->at))
			return;
	if (path->ends_in_link && path->links.count == 1) /* whoever grants only what it leads to gets no link to it */
		named = ((struct sbx_link *)sbx_vec_at(&path->links, 0))->at;
	/* No other option outdoes --hide, and none puts the host's /run in place of the sandbox's own. */
	/* What isn't there can't be granted, either. */
	sbx_plan_note(plan, path->path, reason,
		      strcmp(reason, SBX_REASON_HIDDEN) == 0 || strcmp(named, "/run") == 0 || !path->exists ?
			      NULL :
			      sbx_format("%s %s", option, sbx_quote(named)));
}

static int fail_without_root(const struct sbx_resolved *path, const struct sbx_resolved *parent, struct sbx_err *err)
{
	return sbx_err_set(err, SBX_STEP_STAGE, 0,
			   sbx_format("%s: a new output needs a private root, and there is none in place: --rw %s",
				      path->path, sbx_quote(parent->path)));
}

/* A placeholder for a tool that opens its output and does nothing else with it. */
static int make_output(const struct sbx_outputs *outputs, struct sbx_resolved *path, const struct sbx_resolved *parent,
		       struct sbx_err *err)
{
	cleanup_fd int dir = -1, fd = -1;

	if (outputs->stage->dry) {
		sbx_output_plan_dry(outputs->plan, path->path, "a fresh empty file");
		return 0;
	}
	dir = sbx_mounts_open_plain(parent->path);
	if (dir < 0 || sbx_output_same_inode(dir, parent) < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, ESTALE, parent->path);
	fd = openat(dir, sbx_basename(path->path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0666 & ~outputs->stage->umask);
	if (fd < 0 || fstat(fd, &path->st) < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, path->path);
	sbx_plan_grant(outputs->plan, SBX_GRANT_OUTPUT, path, NULL);
	return 0;
}

static void grant_directory(const struct sbx_outputs *outputs, const struct sbx_resolved *dir)
{
	const char *reason = sbx_output_refusal(outputs->plan, dir);

	if (reason)
		sbx_output_grant_refuse(outputs->plan, dir, reason, "--rw");
	else
		sbx_plan_grant(outputs->plan, SBX_GRANT_OUTPUT, dir, NULL);
}

/* What can be had without touching the directory; false: it has to be staged, or made. */
static bool grant_without_staging(const struct sbx_outputs *outputs, const struct sbx_resolved *parent)
{
	if (!parent || sbx_output_in_bind(outputs->plan, parent->path))
		return true;
	if (outputs->plan->grammar->out_mode == SBX_OUT_DIRECTORY) {
		grant_directory(outputs, parent);
		return true;
	}
	if (!sbx_output_dir_writable(outputs->plan, parent)) {
		sbx_output_grant_refuse(outputs->plan, parent, "its directory cannot be written", "--rw");
		return true;
	}
	return false;
}

static int new_output(const struct sbx_outputs *outputs, struct sbx_resolved *path, uint32_t flags, struct sbx_err *err)
{
	const struct sbx_resolved *parent = sbx_output_parent(outputs->plan, path);

	if (parent && (flags & SBX_ARG_TREE) && outputs->plan->rooted &&
	    !sbx_output_in_bind(outputs->plan, parent->path) && sbx_output_dir_writable(outputs->plan, parent))
		return sbx_output_stage_new(outputs, path, parent, flags, err);
	if (grant_without_staging(outputs, parent))
		return 0;
	if (!sbx_output_staged(outputs->plan))
		return make_output(outputs, path, parent, err);
	if (!outputs->plan->rooted)
		return fail_without_root(path, parent, err);
	return sbx_output_stage_new(outputs, path, parent, flags, err);
}

/* Its own directory's entry shall be replaced or removed as it would be unwrapped; else the file itself is what there
 * is. */
static int old_output(const struct sbx_outputs *outputs, const struct sbx_resolved *path, uint32_t flags,
		      struct sbx_err *err)
{
	struct sbx_plan *plan = outputs->plan;
	const struct sbx_resolved *parent = S_ISREG(path->st.st_mode) ? sbx_output_parent(outputs->plan, path) : NULL;
	struct sbx_stage_dir *dir;
	int staged;

	if (parent && plan->grammar->out_mode == SBX_OUT_DIRECTORY && !sbx_output_refusal(plan, parent))
		sbx_plan_grant(plan, SBX_GRANT_OUTPUT, parent, NULL);
	if (!parent || !plan->rooted || !sbx_output_staged(plan) || sbx_output_in_bind(plan, parent->path) ||
	    !sbx_output_dir_writable(outputs->plan, parent)) {
		sbx_plan_grant(plan, SBX_GRANT_OUTPUT, path, NULL);
		return 0;
	}
	dir = sbx_output_stage(outputs, path, parent, err);
	if (!dir)
		return -1;
	if (outputs->stage->dry) {
		sbx_stage_name(dir, sbx_basename(path->path), 0);
		return 0;
	}
	staged = sbx_stage_existing(dir, sbx_basename(path->path), &path->st, plan->grammar->out_mode == SBX_OUT_COPY,
				    err);
	if (staged == 0)
		sbx_plan_grant(plan, SBX_GRANT_OUTPUT, path, NULL);
	else if (staged > 0)
		sbx_stage_allow(dir, sbx_basename(path->path), flags);
	return staged < 0 ? -1 : 0;
}

/*
 * The first of the directories that a word leads through, and that aren't there: mkdir -p makes it and all below. The
 * word itself where nothing is missing on the way. Each of them is looked at by itself, as mkdir -p does it.
 */
static int resolve_chain(const char *cwd, const char *word, struct sbx_resolved *path)
{
	char *part = sbx_strdup(word);
	bool planted = false;

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int found;

		*slash = 0;
		found = sbx_resolve(cwd, part, path);
		*slash = '/';
		if (found < 0)
			return -1;
		planted |= path->planted;
		path->planted = planted;
		if (!path->exists)
			return 0;
	}
	if (sbx_resolve(cwd, word, path) < 0)
		return -1;
	path->planted |= planted;
	return 0;
}

/* Why it can't be an output whatever the policy says of its place; NULL when it can. */
static const char *entry_refusal(struct sbx_plan *plan, const struct sbx_resolved *path)
{
	const char *reason = sbx_output_refusal(plan, path);

	if (!reason && !path->exists && path->ends_in_link)
		reason = "a symlink that leads nowhere";
	if (!reason && path->exists && !S_ISREG(path->st.st_mode) && !S_ISDIR(path->st.st_mode))
		reason = "neither a file nor a directory";
	if (!reason && path->exists && !sbx_sticky_may_create(path->path, &path->st))
		reason = SBX_REASON_FOREIGN;
	return reason;
}

int sbx_output_grant_named(const struct sbx_outputs *outputs, const char *word, uint32_t flags, struct sbx_err *err)
{
	struct sbx_resolved *path = sbx_alloc(sizeof(*path));
	const bool tree = flags & SBX_ARG_TREE;
	const char *reason;

	if (flags & (SBX_ARG_SELF | SBX_ARG_OLD))
		return sbx_output_grant_entry(outputs, word, flags, err);
	if ((flags & SBX_ARG_CHAIN ? resolve_chain : sbx_resolve)(outputs->cwd, word, path) < 0) {
		sbx_plan_expect(outputs->plan, errno, word);
		return 0;
	}
	if (sbx_output_decided(outputs->plan, path->path))
		return 0;
	reason = entry_refusal(outputs->plan, path);
	if (reason) {
		if (path->exists &&
		    !sbx_protected_paths_reason(outputs->plan, path)) /* then it is the system's: there to be read */
			sbx_plan_grant(outputs->plan, SBX_GRANT_INPUT, path, NULL);
		if ((flags & SBX_OUTPUT_SURE) && sbx_output_lost(outputs->plan, path, reason, err) < 0)
			return -1;
		sbx_output_grant_refuse(outputs->plan, path, reason, "--rw");
		return 0;
	}
	if (!path->exists)
		return new_output(outputs, path, flags, err);
	if (tree && S_ISDIR(path->st.st_mode) && sbx_output_staged(outputs->plan)) { /* only a new one is an output */
		sbx_plan_grant(outputs->plan, SBX_GRANT_INPUT, path, NULL);
		return 0;
	}
	return old_output(outputs, path, flags, err);
}

struct sbx_resolved *sbx_output_grant_in(const struct sbx_resolved *dir, const char *name)
{
	struct sbx_resolved *file = sbx_alloc(sizeof(*file));

	*file = *dir;
	file->path = sbx_format("%s/%s", dir->path[1] ? dir->path : "", name);
	file->exists = false;
	return file;
}

/* Files that fit are there to be replaced. One that can't be linked or is protected isn't there, and stays as it is. */
static int link_fitting(const struct sbx_outputs *outputs, struct sbx_stage_dir *dir, const struct sbx_resolved *parent,
			const struct sbx_pattern *pattern, struct sbx_err *err)
{
	const int fd = openat(dir->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int ret = 0;

	if (!list)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, dir->dir);
	for (errno = 0; ret == 0 && (entry = readdir(list)); errno = 0) {
		struct sbx_resolved *file;

		if (!sbx_output_names_fit(pattern, entry->d_name))
			continue;
		file = sbx_output_grant_in(parent, entry->d_name);
		file->exists = fstatat(dir->dir_fd, entry->d_name, &file->st, AT_SYMLINK_NOFOLLOW) == 0;
		if (!file->exists)
			sbx_plan_expect(outputs->plan, errno, file->path);
		ret = sbx_stage_fitting(dir, entry->d_name, &file->st,
					file->exists && pattern->derive != SBX_DERIVE_LETTERED &&
						!sbx_protected_paths_reason(outputs->plan, file),
					err);
	}
	if (ret == 0 && errno)
		ret = sbx_err_set(err, SBX_STEP_STAGE, errno, dir->dir);
	closedir(list);
	return ret;
}

int sbx_output_grant_fitting(const struct sbx_outputs *outputs, const char *word, const struct sbx_pattern *pattern,
			     struct sbx_err *err)
{
	struct sbx_resolved *parent = sbx_alloc(sizeof(*parent)), *path;
	struct sbx_stage_dir *dir;
	const char *reason;

	if (sbx_resolve(outputs->cwd, word, parent) < 0) {
		sbx_plan_expect(outputs->plan, errno, word);
		return 0;
	}
	if (!parent->exists || !S_ISDIR(parent->st.st_mode) || sbx_precedence_over(outputs->plan, parent->path))
		return 0;
	path = sbx_output_grant_in(parent, pattern->name);
	reason = sbx_output_refusal(outputs->plan, path);
	if (reason) {
		sbx_output_grant_refuse(outputs->plan, path, reason, "--rw");
		return 0;
	}
	if (grant_without_staging(outputs, parent))
		return 0;
	if (!outputs->plan->rooted)
		return fail_without_root(path, parent, err);
	dir = sbx_output_stage(outputs, path, parent, err);
	if (!dir)
		return -1;
	sbx_stage_pattern(dir, pattern);
	return outputs->stage->dry ? 0 : link_fitting(outputs, dir, parent, pattern, err);
}

void sbx_output_grant_cwd(const struct sbx_outputs *outputs)
{
	struct sbx_resolved *dir = sbx_alloc(sizeof(*dir));

	if (sbx_resolve(outputs->cwd, ".", dir) < 0)
		sbx_plan_expect(outputs->plan, errno, outputs->cwd);
	else if (dir->exists && !sbx_precedence_over(outputs->plan, dir->path))
		grant_directory(outputs, dir);
}
