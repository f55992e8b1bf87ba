/* SPDX-License-Identifier: MIT */
/*
 * guard_finish.c -- after the run, when no process is left inside: the same look again. What it finds and the first
 * didn't is moved aside, unless it is new as a whole and harmless: a repository that executes nothing, a virtual
 * environment. UNTRUSTED: all that is found.
 */
#include "loader/guard/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/stat.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/guard/git_repository.h"
#include "loader/guard/guard_aside.h"
#include "loader/guard/guard_look.h"

#define CHANGED_MOST 2000

/* The kernel notes when an inode was made, renamed or written; nothing inside sets that back. What is too large to be
 * looked through has changed. */
static bool has_changed(const struct sbx_guard *guard, const char *path, size_t *left)
{
	struct sbx_entries entries = { .fd = -1 };
	const struct sbx_entry *entry;
	struct stat st;
	bool changed;

	if (lstat(path, &st) < 0)
		return errno != ENOENT;
	changed = !*left || sbx_guard_is_since(guard, &st.st_ctim);
	if (changed || !S_ISDIR(st.st_mode))
		return changed;
	entries.fd = sbx_look_open(path, true);
	changed = entries.fd < 0;
	while (!changed && (entry = sbx_entries_next(&entries))) {
		if (sbx_is_dot_entry(entry->name))
			continue;
		*left -= *left > 0;
		changed = has_changed(guard, sbx_join(path, "/", entry->name), left);
	}
	sbx_cleanup_fd(&entries.fd);
	return changed;
}

/* A directory that has come into being since. */
static bool is_new(const struct sbx_guard *guard, const char *path)
{
	struct timespec born;
	struct statx stx;

	if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &stx) < 0 ||
	    !(stx.stx_mask & STATX_BTIME))
		return false;
	born = (struct timespec){ .tv_sec = stx.stx_btime.tv_sec, .tv_nsec = stx.stx_btime.tv_nsec };
	return sbx_guard_is_since(guard, &born);
}

static const struct sbx_guard_item *item_at(const struct sbx_guard *guard, const char *path)
{
	const size_t i = sbx_path_index_at(&guard->index, path, strlen(path), NULL, NULL);

	return i == SBX_PATH_INDEX_NONE ? NULL : sbx_vec_at(&guard->items, i);
}

/* Where a .git that is a file leads: to a repository below the root that is harmless, or was there before. */
static bool leads_to_harmless(const struct sbx_guard *guard, const struct sbx_guard_root *root, const char *path)
{
	const char *gitdir = sbx_git_link(sbx_dirname(path), sbx_basename(path), "gitdir: ");
	struct sbx_resolved real;

	if (!gitdir || sbx_resolve("/", gitdir, &real) < 0 || !real.exists || !sbx_path_within(real.path, root->path))
		return false;
	return sbx_path_index_above(&guard->index, real.path, strlen(real.path), NULL, NULL) != SBX_PATH_INDEX_NONE ||
	       sbx_git_harmless(real.path);
}

/* Something that wasn't there, or has been replaced, may stay where it makes nothing run. */
static bool may_stay(const struct sbx_guard *guard, const struct sbx_guard_root *root, const char *path)
{
	const char *name = sbx_basename(path);
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT;
	if (strcmp(name, "pyvenv.cfg") == 0)
		return is_new(guard, sbx_dirname(path));
	if (S_ISDIR(st.st_mode) && (strcmp(name, ".git") == 0 || access(sbx_join(path, "/HEAD"), F_OK) == 0))
		return sbx_git_harmless(path);
	return S_ISREG(st.st_mode) && strcmp(name, ".git") == 0 && leads_to_harmless(guard, root, path);
}

/* What the look finds is judged after it, for the look goes on in what would be moved. */
struct after {
	struct sbx_vec found, repositories; /* const char * */
	bool bare;
};

static void push_path(struct sbx_vec *paths, const char *path)
{
	path = sbx_strdup(path);
	sbx_vec_push(paths, sizeof(path), &path);
}

static void see_found(struct sbx_look *look, const char *path, bool loose)
{
	struct after *after = look->context;
	const struct sbx_guard_item *item = item_at(look->guard, path);

	(void)loose;
	if (!item || (item->loose && !item->text))
		push_path(&after->found, path);
}

static void see_repository(struct sbx_look *look, const char *path)
{
	push_path(&((struct after *)look->context)->repositories, path);
}

static void see_bare_root(struct sbx_look *look)
{
	((struct after *)look->context)->bare = true;
}

static void judge(struct sbx_guard *guard, const struct sbx_guard_root *root, const char *path)
{
	size_t left = CHANGED_MOST;

	if (has_changed(guard, path, &left) && !may_stay(guard, root, path))
		sbx_guard_aside(guard, root->path, path);
}

struct repositories {
	struct sbx_guard *guard;
	const struct sbx_guard_root *root;
};

/* Of git's own profile. */
static void judge_repository(const char *gitdir, void *context)
{
	const struct repositories *all = context;
	const char *hooks = sbx_join(gitdir, "/hooks");

	if (sbx_guard_git(all->guard, "hooks") && !item_at(all->guard, hooks) && !sbx_git_samples_only(hooks))
		judge(all->guard, all->root, hooks);
	if (!sbx_guard_git(all->guard, "config"))
		return;
	sbx_guard_cut(all->guard, gitdir, "config");
	sbx_guard_cut(all->guard, gitdir, "config.worktree");
}

/* The root itself has a repository's layout; it can't be moved, but what makes it one can. */
static void judge_bare_root(struct sbx_guard *guard, const struct sbx_guard_root *root)
{
	static const char *const names[] = { "config", "config.worktree", "commondir", "hooks" };
	const char *head = sbx_join(root->path, "/HEAD");

	if (!sbx_guard_git(guard, "")) {
		judge_repository(root->path, &(struct repositories){ guard, root });
	} else if (!item_at(guard, head)) {
		if (!sbx_git_harmless(root->path))
			judge(guard, root, head);
	} else {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			const char *path = sbx_join(root->path, "/", names[i]);

			if (!item_at(guard, path) && !(i == 3 && sbx_git_samples_only(path)))
				judge(guard, root, path);
		}
	}
}

/* Nothing makes a link read-only: it is as it was again. */
static void mend_link(struct sbx_guard *guard, const struct sbx_guard_root *root, const struct sbx_guard_item *item)
{
	const char *now = sbx_path_within(item->path, root->path) && item->text ? sbx_readlink(item->path) : NULL;
	struct stat st;

	if (!item->text || !sbx_path_within(item->path, root->path) || (now && strcmp(now, item->text) == 0))
		return;
	if (lstat(item->path, &st) < 0)
		return; /* it is gone, and nothing is in its place */
	sbx_guard_aside(guard, root->path, item->path);
	(void)!symlink(item->text, item->path);
}

/* A mount lies on a name: what the host renames over it during the run can be written inside. */
static void see_replaced(struct sbx_guard *guard, const struct sbx_guard_item *item)
{
	const char *path = item->path;
	struct stat st;

	if (!item->text && !item->loose && lstat(path, &st) == 0 && !sbx_same_file(&st, &item->st))
		sbx_vec_push(&guard->replaced, sizeof(path), &path);
}

static void finish_root(struct sbx_guard *guard, const struct sbx_guard_root *root)
{
	struct repositories repositories = { guard, root };
	struct after after = { .bare = false };
	struct sbx_look look = { .guard = guard,
				 .root = (struct sbx_guard_root *)(uintptr_t)root,
				 .opens = true,
				 .context = &after,
				 .found = see_found,
				 .repository = see_repository,
				 .bare_root = see_bare_root };
	struct stat st;

	if (lstat(root->path, &st) < 0 || !sbx_same_file(&st, &root->st)) {
		const char *text = sbx_format("%s: has been moved, and is not looked at", root->path);

		sbx_vec_push(&guard->stuck, sizeof(text), &text);
		return;
	}
	sbx_look_at(&look);
	guard->early |= look.more && !root->more;
	for (size_t i = 0; i < after.found.count; i++)
		judge(guard, root, *(char **)sbx_vec_at(&after.found, i));
	for (size_t i = 0; i < after.repositories.count; i++)
		sbx_git_each(*(char **)sbx_vec_at(&after.repositories, i), judge_repository, &repositories);
	if (after.bare)
		judge_bare_root(guard, root);
	for (size_t i = 0; i < guard->items.count; i++)
		mend_link(guard, root, sbx_vec_at(&guard->items, i));
	for (size_t i = 0; i < guard->absent.count; i++) {
		const char *path = *(char **)sbx_vec_at(&guard->absent, i);

		if (sbx_path_within(path, root->path))
			judge(guard, root, path);
	}
}

void sbx_guard_finish(struct sbx_guard *guard)
{
	guard->left = SBX_GUARD_LEFT_MOST;
	for (size_t i = 0; i < guard->items.count; i++)
		see_replaced(guard, sbx_vec_at(&guard->items, i));
	for (size_t i = 0; i < guard->roots.count; i++)
		finish_root(guard, sbx_vec_at(&guard->roots, i));
}
