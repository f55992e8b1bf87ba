/* SPDX-License-Identifier: MIT */
/*
 * output_commit.c -- what becomes of the staging directories after the run. Everything goes by descriptors and names
 * without a slash; what is found in a directory was made by the target and is UNTRUSTED: only regular files are moved,
 * with renameat2(2), and only to names that were known before or fit a pattern.
 */
#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
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
	struct sbx_vec known; /* sbx_stage_by_name() */
	size_t comparisons;   /* of names with those of outputs */
	const char *refusal;  /* of all that is named: sbx_quota_refusal(); or NULL */
};

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Nobody has written it, nor changed its mode or links. */
static bool same_state(const struct stat *a, const struct stat *b)
{
	return sbx_same_file(a, b) && a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) &&
	       same_time(&a->st_ctim, &b->st_ctim);
}

/* What the target saw under the name. */
static const struct stat *shown_to_target(const struct sbx_stage_file *file)
{
	return file->copied ? &file->copy : file->tree ? &file->tree->made : &file->seen;
}

/* The link, or the copy that nobody has touched: the host's own file is as it should be. */
static bool is_unchanged(const struct sbx_stage_file *file, const struct stat *st)
{
	return file->copied ? same_state(st, &file->copy) : file->existed && sbx_same_file(st, shown_to_target(file));
}

/* Somebody else has written, or replaced, the file that the target had a copy of; or that can't be told. NULL when not.
 */
static const char *why_overtaken(const struct sbx_stage_dir *dir, const struct sbx_stage_file *file)
{
	struct stat st;

	if (!file->copied)
		return NULL;
	if (fstatat(dir->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? NULL : sbx_format("it can't be looked at: %s", strerror(errno));
	return same_state(&st, &file->seen) ? NULL : "changed while the command worked on a copy of it";
}

/* What can't be looked at may be all there is of an output: it is not removed. */
static void keep_unseen(const struct commit *commit, const char *path, int errnum)
{
	commit->dir->kept = true;
	sbx_leftovers_drop(commit->stage, commit->dir, path, 0,
			   sbx_format("what the command made there can't be looked at: %s", strerror(errnum)));
}

/* A directory that leads to mount points: all else in there is the target's. As deep as the plan's paths at most. */
static void commit_below(const struct commit *commit, int parent, const char *name, const char *path)
{
	cleanup_fd int fd = sbx_tree_open(parent, name);
	int errnum;
	const struct sbx_vec names =
		sbx_stage_names(fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), &errnum);

	if (errnum)
		keep_unseen(commit, path, errnum);
	for (size_t i = 0; i < names.count; i++) {
		const char *entry = *(char **)sbx_vec_at(&names, i), *below = sbx_stage_path(path, entry);
		enum sbx_stage_owner owner;
		struct stat st;

		if (fstatat(fd, entry, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			keep_unseen(commit, below, errno);
			continue;
		}
		owner = sbx_stage_owner(commit->stage->plan, below, &st);
		if (owner == SBX_OWNER_TARGET)
			sbx_leftovers_drop(commit->stage, commit->dir, below, st.st_mode, sbx_not_named);
		else if (owner == SBX_OWNER_PARTLY_OURS)
			commit_below(commit, fd, entry, below);
		else
			unlinkat(fd, entry, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	}
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Why the file can't take its place, or NULL. */
static const char *refusal_of_output(const struct commit *commit, const struct sbx_stage_file *file, const char *name,
				     const char *path)
{
	const struct sbx_resolved resolved = { .path = sbx_strdup(path) };
	const char *overtaken = file ? why_overtaken(commit->dir, file) : NULL;

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

/* Written in place, through the link. */
static bool is_written(const struct sbx_stage_file *file, const struct stat *st)
{
	return file && file->existed && !file->copied && !file->tree &&
	       (st->st_size != file->seen.st_size || !same_time(&st->st_mtim, &file->seen.st_mtim));
}

/* What stood under another name before the run, and no longer does: a command's backup of what it has replaced. */
static bool is_backup(const struct sbx_stage_dir *dir, const struct stat *st)
{
	for (size_t i = 0; i < dir->files.count; i++) {
		const struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		if (file->existed && !file->stays && sbx_same_file(st, shown_to_target(file)))
			return true;
	}
	return false;
}

/* What the target has renamed to this, when it is the host's own file and its name is gone; or NULL. */
static const struct sbx_stage_file *renamed_from(const struct sbx_stage_dir *dir, const struct stat *st)
{
	for (size_t i = 0; st->st_nlink > 1 && i < dir->files.count; i++) {
		const struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		if (file->gone && !file->copied && !file->fitting && sbx_same_file(st, shown_to_target(file)))
			return file;
	}
	return NULL;
}

/* What the target has removed of a directory, which is called `name` in the stage by now; the links there go. */
static void commit_tree(const struct commit *commit, const struct sbx_stage_file *file, const char *name)
{
	struct sbx_stage_dir *dir = commit->dir;
	cleanup_fd int fd = sbx_tree_open(dir->stage_fd, name);
	const char *reason = commit->refusal ? NULL : sbx_tree_prune(dir->dir_fd, file->tree, dir->stage_fd, name);

	if (reason)
		sbx_leftovers_retain(commit->stage, dir, file->name, reason);
	if (sbx_tree_grown(dir->stage_fd, name, file->tree))
		sbx_leftovers_drop(commit->stage, dir, sbx_stage_path(dir->dir, name), S_IFDIR,
				   "what the command made in it is not moved into place");
	else
		sbx_tree_remove(dir->stage_fd, name, fd);
}

/* UNTRUSTED: a name that the target may have chosen. */
static void commit_name(struct commit *commit, const char *name)
{
	struct sbx_stage_dir *dir = commit->dir;
	const struct sbx_stage_file *file = sbx_stage_find(&commit->known, name);
	const char *path = sbx_stage_path(dir->dir, name), *reason;
	const struct sbx_stage_file *from;
	enum sbx_stage_owner owner;
	struct stat st;

	if (fstatat(dir->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		keep_unseen(commit, path, errno);
		return;
	}
	owner = file && is_unchanged(file, &st) ? SBX_OWNER_OURS : sbx_stage_owner(commit->stage->plan, path, &st);
	if (owner == SBX_OWNER_OURS && file && file->tree)
		commit_tree(commit, file, name);
	else if (owner == SBX_OWNER_OURS)
		unlinkat(dir->stage_fd, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	if (owner == SBX_OWNER_PARTLY_OURS)
		commit_below(commit, dir->stage_fd, name, path);
	commit->stage->delivered |= owner == SBX_OWNER_OURS && is_written(file, &st);
	if (owner != SBX_OWNER_TARGET)
		return;
	reason = refusal_of_output(commit, file, name, path);
	from = reason ? NULL : renamed_from(dir, &st);
	if (from && from->tree)
		commit_tree(commit, from, name);
	if (!reason)
		reason = from ? sbx_output_rename(dir, from, name, file && file->existed) :
				sbx_output_move(dir, file, name, &st);
	commit->stage->delivered |= !reason;
	if (reason == sbx_not_named && sbx_leftovers_derive(dir, name, &commit->comparisons))
		commit->stage->derived = true;
	else if (reason == sbx_not_named && dir->private)
		return; /* as in a private directory */
	if (!reason)
		return;
	sbx_leftovers_drop(commit->stage, dir, path, st.st_mode, reason);
	if (is_backup(dir, &st)) {
		dir->kept = true;
		commit->stage->failed = true;
	}
}

static void commit_directory(struct sbx_stage *stage, struct sbx_stage_dir *dir)
{
	struct commit commit = { .stage = stage,
				 .dir = dir,
				 .known = sbx_stage_by_name(dir),
				 .refusal = stage->quota ? sbx_quota_refusal(stage->quota) : NULL };
	struct sbx_vec names;
	struct stat st;
	int errnum;

	for (size_t i = 0; i < dir->files.count; i++) {
		struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		file->stays = fstatat(dir->stage_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
		file->gone = file->existed && !file->stays && errno == ENOENT;
		file->stays = file->stays && sbx_same_file(&st, shown_to_target(file));
	}
	names = sbx_stage_names(openat(dir->stage_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), &errnum);
	for (size_t i = 0; i < names.count; i++)
		commit_name(&commit, *(char **)sbx_vec_at(&names, i));
	if (errnum)
		keep_unseen(&commit, dir->dir, errnum);
}

/* The target has removed it: so is the host's, if that is still the one and all the target's files are in place. */
static void commit_removed(struct sbx_stage *stage, const struct sbx_stage_dir *dir, const struct sbx_stage_file *file)
{
	const char *overtaken = file->gone ? why_overtaken(dir, file) : NULL, *reason = NULL;
	struct stat st;
	int ret = 0;

	if (!file->gone)
		return;
	if (overtaken) {
		sbx_leftovers_retain(stage, dir, file->name, sbx_format("%s: it is not removed", overtaken));
		return;
	}
	if (fstatat(dir->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		ret = -1;
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

	if (same_time(&st->st_mtim, &dir->made))
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
			stage->failed = sbx_err_set(err, SBX_STEP_STAGE, errno, dir->path) < 0;
		close(dir->stage_fd);
		close(dir->dir_fd);
		dir->stage_fd = -1;
	}
	return stage->failed ? -1 : 0;
}
