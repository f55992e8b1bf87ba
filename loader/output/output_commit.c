/* SPDX-License-Identifier: MIT */
/*
 * output_commit.c -- what becomes of the staging directories after the run. Everything goes by descriptors and names
 * without a slash; what is found in a directory was made by the target and is UNTRUSTED: only regular files are moved,
 * with renameat2(2), and only to names that were known before or fit a pattern.
 */
#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/vec.h"
#include "loader/output/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/fs.h>

#include "loader/output/file_state.h"
#include "loader/plan/protected_paths.h"
#include "loader/output/output_leftovers.h"
#include "loader/output/output_move.h"
#include "loader/output/quota.h"
#include "loader/output/stage_entries.h"
#include "loader/output/tree_remove.h"
#include "shim/err.h"

/* One directory while it is committed. */
struct commit {
	struct sbx_stage *stage;
	struct sbx_stage_dir *dir;
	struct sbx_vec left; /* sbx_state_note() */
	size_t comparisons;  /* of names with those of outputs */
	const char *refusal; /* of all that is named: sbx_quota_refusal(); or NULL */
};

/* What can't be looked at may be all there is of an output: it is not removed. */
static void keep_unseen(const struct commit *commit, const char *path, int errnum)
{
	commit->dir->kept = true;
	sbx_leftovers_drop(commit->stage, commit->dir, path, 0,
			   sbx_stage_failure("what the command made there can't be looked at", errnum));
}

/* A directory that leads to mount points: all else in there is the target's. As deep as the plan's paths at most. */
static void commit_below(const struct commit *commit, int parent, const char *name, const char *path)
{
	cleanup_fd int fd = sbx_tree_open(parent, name);
	struct sbx_stage_walk walk;

	sbx_stage_walk(&walk, fd, path);
	while (sbx_stage_walk_next(&walk)) {
		enum sbx_stage_owner owner;
		struct stat st;

		if (fstatat(fd, walk.name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			keep_unseen(commit, walk.path, errno);
			continue;
		}
		owner = sbx_stage_owner(commit->stage->plan, walk.path, &st);
		if (owner == SBX_OWNER_TARGET)
			sbx_leftovers_drop(commit->stage, commit->dir, walk.path, st.st_mode, sbx_not_named);
		else if (owner == SBX_OWNER_PARTLY_OURS)
			commit_below(commit, fd, walk.name, walk.path);
		else
			unlinkat(fd, walk.name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	}
	if (walk.errnum)
		keep_unseen(commit, path, walk.errnum);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Why the file can't take its place, or NULL. */
static const char *refusal_of_output(const struct commit *commit, const struct sbx_stage_file *file, const char *name,
				     char *path)
{
	const struct sbx_resolved resolved = { .path = path };
	const char *overtaken = file ? sbx_state_overtaken(commit->dir, file) : NULL;

	if (file && file->barred)
		return "there already, and no output: it is not replaced";
	if (overtaken) {
		commit->dir->kept = true;
		sbx_leftovers_retain(commit->stage, commit->dir, name, sbx_format("%s: it is not replaced", overtaken));
		return "made of a copy that is out of date";
	}
	if (!file && !sbx_stage_fits(commit->dir, name))
		return sbx_not_named;
	if (commit->refusal)
		return commit->refusal;
	return !file && (sbx_protected_paths_reason(commit->stage->plan, &resolved) ||
			 sbx_protected_paths_secret(commit->stage->plan, path, false)) ?
		       "a protected name: it is not moved into place" :
		       NULL;
}

/* What the target has renamed to this, when it is the host's own file and its name is gone; or NULL. */
static const struct sbx_stage_file *renamed_from(const struct commit *commit, const struct stat *st)
{
	const struct sbx_stage_file *file = st->st_nlink > 1 ? sbx_state_left(&commit->left, st) : NULL;

	return file && sbx_state_can_follow(file) ? file : NULL;
}

/* What the target has removed of a directory, which is called `name` in the stage by now; the links there go. */
static void commit_tree(const struct commit *commit, const struct sbx_stage_file *file, const char *name,
			const char *path)
{
	struct sbx_stage_dir *dir = commit->dir;
	cleanup_fd int fd = sbx_tree_open(dir->stage_fd, name);
	const char *reason = commit->refusal ? NULL : sbx_tree_prune(dir->dir_fd, file->tree, dir->stage_fd, name);

	bool grown;

	if (reason)
		sbx_leftovers_retain(commit->stage, dir, file->name, reason);
	grown = sbx_tree_grown(dir->stage_fd, name, file->tree);
	if (sbx_interrupted())
		return;
	if (grown)
		sbx_leftovers_drop(commit->stage, dir, path, S_IFDIR,
				   "what the command made in it is not moved into place");
	else
		sbx_tree_remove(dir->stage_fd, name, fd);
}

/* The target's own; where it can't be moved into place it is left, and told. */
static void commit_output(struct commit *commit, const struct sbx_stage_file *file, const char *name, char *path,
			  const struct stat *st)
{
	struct sbx_stage_dir *dir = commit->dir;
	const char *reason = refusal_of_output(commit, file, name, path);
	const struct sbx_stage_file *from = reason ? NULL : renamed_from(commit, st);

	if (from && from->tree)
		commit_tree(commit, from, name, path);
	if (sbx_interrupted())
		return;
	if (!reason)
		reason = from ? sbx_output_rename(dir, from, name, file && file->existed) :
				sbx_output_move(dir, file, name, st);
	commit->stage->delivered |= !reason;
	if (reason && sbx_interrupted())
		return; /* it isn't why */
	if (reason == sbx_not_named && sbx_leftovers_derive(dir, name, &commit->comparisons))
		commit->stage->derived = true;
	else if (reason == sbx_not_named && dir->private)
		return; /* as in a private directory */
	if (!reason)
		return;
	sbx_leftovers_drop(commit->stage, dir, path, st->st_mode, reason);
	if (sbx_state_left(&commit->left, st)) { /* a command's backup of what it has replaced */
		dir->kept = true;
		commit->stage->failed = true;
	}
}

/* UNTRUSTED: a name that the target may have chosen. */
static void commit_name(struct commit *commit, const char *name, char *path)
{
	struct sbx_stage_dir *dir = commit->dir;
	const struct sbx_stage_file *file = sbx_stage_find(dir, name);
	enum sbx_stage_owner owner;
	struct stat st;

	if (fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			keep_unseen(commit, path, errno);
		return;
	}
	owner = file && sbx_state_unchanged(file, &st) ? SBX_OWNER_OURS :
							 sbx_stage_owner(commit->stage->plan, path, &st);
	if (owner == SBX_OWNER_OURS && file && file->tree)
		commit_tree(commit, file, name, path);
	else if (owner == SBX_OWNER_OURS)
		unlinkat(dir->stage_fd, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	else if (owner == SBX_OWNER_PARTLY_OURS)
		commit_below(commit, dir->stage_fd, name, path);
	else
		commit_output(commit, file, name, path, &st);
	commit->stage->delivered |= owner == SBX_OWNER_OURS && file && sbx_state_written(file, &st);
}

/* What is told of one pass over a directory, before it. */
struct told {
	size_t dropped, dropped_count, retained, retained_count;
};

static struct told told_by(const struct sbx_stage *stage)
{
	return (struct told){ stage->dropped.count, stage->dropped_count, stage->retained.count,
			      stage->retained_count };
}

static void untell(struct sbx_stage *stage, const struct told *told)
{
	stage->dropped.count = told->dropped;
	stage->dropped_count = told->dropped_count;
	stage->retained.count = told->retained;
	stage->retained_count = told->retained_count;
}

/*
 * Every name in the stage, once. Those that are delivered are gone from the directory while it is read, and there are
 * file systems that pass over others then: so until no more are there than were left.
 */
static void commit_names(struct commit *commit)
{
	const struct told before = told_by(commit->stage);
	struct sbx_stage_walk walk;
	size_t seen, left, still;
	struct stat st;

	do {
		untell(commit->stage, &before);
		seen = left = still = 0;
		sbx_stage_walk(&walk, commit->dir->stage_fd, commit->dir->dir);
		while (sbx_stage_walk_next(&walk)) {
			seen++;
			commit_name(commit, walk.name, walk.path);
			left += fstatat(commit->dir->stage_fd, walk.name, &st, AT_SYMLINK_NOFOLLOW) == 0;
		}
		if (walk.errnum)
			keep_unseen(commit, commit->dir->dir, walk.errnum);
		sbx_stage_walk(&walk, commit->dir->stage_fd, commit->dir->dir);
		while (sbx_stage_walk_next(&walk))
			still++;
	} while (still > left && seen > left && !walk.errnum);
}

/* What is ours is known by its name, and nothing to be kept. */
static void remove_ours(const struct commit *commit)
{
	const struct sbx_plan *plan = commit->stage->plan;
	const struct sbx_stage_dir *dir = commit->dir;
	const size_t len = strlen(dir->dir);
	struct stat st;

	for (size_t i = 0; i < dir->files.count; i++) {
		const struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		if (!file->tree && fstatat(dir->stage_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    sbx_state_unchanged(file, &st))
			unlinkat(dir->stage_fd, file->name, 0);
	}
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
		const char *name = mount->dst + len + 1;

		if (mount->dst_len > len + 1 && sbx_path_within(mount->dst, dir->dir) && !strchr(name, '/') &&
		    fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    sbx_stage_owner(plan, mount->dst, &st) == SBX_OWNER_OURS)
			unlinkat(dir->stage_fd, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	}
}

static void commit_directory(struct sbx_stage *stage, struct sbx_stage_dir *dir)
{
	struct commit commit = { .stage = stage,
				 .dir = dir,
				 .refusal = stage->quota ? sbx_quota_refusal(stage->quota) : NULL };

	sbx_state_note(dir, &commit.left);
	commit_names(&commit);
	if (!sbx_interrupted())
		return;
	remove_ours(&commit);
	if (!sbx_stage_empty(dir->stage_fd))
		sbx_leftovers_drop(stage, dir, dir->dir, S_IFDIR,
				   sbx_format("%s: not all that the command made is in place", sbx_interrupt_reason()));
}

/* The target has removed it: so is the host's, if that is still the one and all the target's files are in place. */
static void commit_removed(struct sbx_stage *stage, const struct sbx_stage_dir *dir, const struct sbx_stage_file *file)
{
	const char *overtaken = file->gone ? sbx_state_overtaken(dir, file) : NULL, *reason = NULL;
	struct stat st;
	int ret = 0;

	if (file->unseen)
		sbx_leftovers_retain(stage, dir, file->name,
				     sbx_format("it stays: whether the command removed it can't be seen: %s",
						strerror(file->unseen)));
	if (!file->gone)
		return;
	if (overtaken) {
		sbx_leftovers_retain(stage, dir, file->name, sbx_format("%s: it is not removed", overtaken));
		return;
	}
	if (fstatat(dir->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		ret = -1;
	else if (sbx_same_file(&st, &file->seen) && sbx_interrupted())
		sbx_leftovers_retain(stage, dir, file->name,
				     "removed by the command, but sbx-wrap was ended before: it stays");
	else if (sbx_same_file(&st, &file->seen) && stage->dropped_count)
		sbx_leftovers_retain(stage, dir, file->name,
				     "removed by the command, but not all that it made is in place: it stays");
	else if (sbx_same_file(&st, &file->seen) && file->tree)
		reason = sbx_tree_prune(dir->dir_fd, file->tree, -1, NULL);
	else if (sbx_same_file(&st, &file->seen))
		ret = unlinkat(dir->dir_fd, file->name, 0);
	if (reason)
		sbx_leftovers_retain(stage, dir, file->name, reason);
	if (ret < 0 && errno != ENOENT)
		sbx_leftovers_retain(stage, dir, file->name,
				     sbx_format("removed by the command, but not here: %s", strerror(errno)));
}

static void commit_stage(struct sbx_stage *stage)
{
	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		if (dir->stage_fd >= 0)
			commit_directory(stage, dir);
	}
	for (size_t i = 0; i < stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		for (size_t n = 0; dir->stage_fd >= 0 && n < dir->files.count; n++)
			commit_removed(stage, dir, sbx_vec_at(&dir->files, n));
	}
}

/* Nothing has come into the directory, nor left it, but the stage: it is as if there had been none. */
static void restore_time(const struct sbx_stage_dir *dir, const struct stat *st)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, dir->before };

	if (sbx_state_same_time(&st->st_mtim, &dir->made))
		(void)!futimens(dir->dir_fd, times); /* only its owner may */
}

static bool remove_stage(const struct sbx_stage_dir *dir)
{
	struct stat st;
	const bool seen = fstat(dir->dir_fd, &st) == 0;

	if (!sbx_tree_remove(dir->dir_fd, dir->name, dir->stage_fd))
		return false;
	if (seen)
		restore_time(dir, &st);
	return true;
}

static int fail_removal(const struct sbx_stage_dir *dir, struct sbx_err *err)
{
	const int errnum = errno;

	return sbx_interrupted() ?
		       sbx_err_set(err, SBX_STEP_STAGE, 0,
				   sbx_format("%s: not all of %s is removed", sbx_interrupt_reason(), dir->path)) :
		       sbx_err_set(err, SBX_STEP_STAGE, errnum, dir->path);
}

int sbx_output_commit(struct sbx_stage *stage, bool keep, struct sbx_err *err)
{
	*err = (struct sbx_err){ 0 };
	for (size_t i = 0; i < stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		if (dir->stage_fd >= 0)
			(void)!fchmod(dir->stage_fd, 0700); /* the target may have closed it */
	}
	if (keep && stage->quota)
		sbx_quota_judge(stage->quota);
	if (stage->quota && stage->quota->over) /* not to fill what is full with what nobody gets */
		stage->failed = true;
	if (keep && !(stage->quota && stage->quota->over == SBX_QUOTA_SPACE))
		commit_stage(stage);
	sbx_leftovers_judge(stage);
	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		if (dir->stage_fd < 0)
			continue;
		if (dir->kept || (dir->holds && stage->retained_count))
			stage->failed |= sbx_leftovers_keep(dir, err) < 0;
		else if (!remove_stage(dir))
			stage->failed = fail_removal(dir, err) < 0;
		close(dir->stage_fd);
		close(dir->dir_fd);
		dir->stage_fd = -1;
	}
	return stage->failed ? -1 : 0;
}
