/* SPDX-License-Identifier: MIT */
/*
 * tree_links.c -- link(2) of every file in a tree, and unlink(2) of those that are gone. Everything goes by descriptors
 * and names without a slash, never following a link. UNTRUSTED: both trees: others may change the host's meanwhile, and
 * the target has changed the other.
 */
#include "loader/output/tree_links.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/path_index.h"
#include "loader/output/tree_remove.h"
#include "shim/path_text.h"

#define DEPTH_MAX 200u
#define ENTRIES_MAX 200000u

/* The directory that was seen, or -1. */
static int open_seen(int parent, const char *name, const struct stat *seen)
{
	const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && sbx_same_file(&st, seen)))
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

static bool is_linked(int to, struct sbx_tree *file)
{
	return fstatat(to, file->name, &file->made, AT_SYMLINK_NOFOLLOW) == 0 &&
	       sbx_same_file(&file->made, &file->seen);
}

static bool link_dir(int from, int to, struct sbx_tree *tree, unsigned depth, unsigned *left);

static bool link_entry(int from, int to, struct sbx_tree *tree, const char *name, unsigned depth, unsigned *left)
{
	struct sbx_tree one = { .name = sbx_strdup(name) };
	bool linked;

	if (!*left || fstatat(from, name, &one.seen, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	(*left)--;
	linked = S_ISDIR(one.seen.st_mode) ? link_dir(from, to, &one, depth, left) :
					     linkat(from, name, to, name, 0) == 0 && is_linked(to, &one);
	sbx_vec_push(&tree->in, sizeof(one), &one);
	return linked;
}

/* tree->name of `from`, made in `to`. False: something of it can't be had there. */
static bool link_dir(int from, int to, struct sbx_tree *tree, unsigned depth, unsigned *left)
{
	const struct timespec times[] = { tree->seen.st_atim, tree->seen.st_mtim };
	cleanup_fd int host = depth ? open_seen(from, tree->name, &tree->seen) : -1;
	struct sbx_entries entries = { .fd = host };
	const struct sbx_entry *entry;
	cleanup_fd int made = -1;

	if (host < 0 || mkdirat(to, tree->name, 0700) < 0)
		return false;
	made = openat(to, tree->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	while (made >= 0 && (entry = sbx_entries_next(&entries)))
		if (!sbx_is_dot_entry(entry->name) && !link_entry(host, made, tree, entry->name, depth - 1, left))
			return false;
	return made >= 0 && !entries.errnum && fchmod(made, tree->seen.st_mode & 03777) == 0 &&
	       futimens(made, times) == 0 && fstat(made, &tree->made) == 0;
}

int sbx_tree_link(int from, int to, const char *name, const struct stat *st, struct sbx_tree *tree)
{
	unsigned left = ENTRIES_MAX;
	cleanup_fd int fd = -1;

	*tree = (struct sbx_tree){ .name = sbx_strdup(name), .seen = *st };
	if (link_dir(from, to, tree, DEPTH_MAX, &left))
		return 1;
	fd = sbx_tree_open(to, name);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	return sbx_tree_remove(to, name, fd) ? 0 : -1;
}

static const char *why_not_removed(void)
{
	if (errno == ENOTEMPTY || errno == EEXIST)
		return "something else is in it by now: it stays";
	return sbx_format("removed by the command, but not here: %s", strerror(errno));
}

const char *sbx_tree_prune(int host, const struct sbx_tree *tree, int stage, const char *name)
{
	struct stat st;
	const bool stays =
		name && fstatat(stage, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && sbx_same_file(&st, &tree->made);
	cleanup_fd int in = -1, staged = -1;
	const char *reason = NULL, *first = NULL;

	if (!S_ISDIR(tree->seen.st_mode)) {
		if (stays || fstatat(host, tree->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !sbx_same_file(&st, &tree->seen))
			return NULL;
		return unlinkat(host, tree->name, 0) < 0 && errno != ENOENT ? why_not_removed() : NULL;
	}
	in = open_seen(host, tree->name, &tree->seen);
	if (in < 0)
		return errno == ENOENT ? NULL : sbx_format("it can't be looked at: %s", strerror(errno));
	staged = stays ? sbx_tree_open(stage, name) : -1;
	for (size_t i = 0; i < tree->in.count && !sbx_interrupted(); i++) {
		const struct sbx_tree *one = sbx_vec_at(&tree->in, i);

		reason = sbx_tree_prune(in, one, staged, staged < 0 ? NULL : one->name);
		first = first ? first : reason;
	}
	if (sbx_interrupted())
		return sbx_interrupt_reason();
	if (!stays && !first && unlinkat(host, tree->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		first = why_not_removed();
	return first;
}

/* By name: each file system has an order of its own. */
static struct sbx_path_index index_names(const struct sbx_tree *tree)
{
	struct sbx_path_index names = { .room = 0 };

	for (size_t i = 0; i < tree->in.count; i++) {
		const char *name = ((const struct sbx_tree *)sbx_vec_at(&tree->in, i))->name;

		sbx_path_index_add(&names, name, strlen(name), i);
	}
	return names;
}

bool sbx_tree_grown(int stage, const char *name, const struct sbx_tree *tree)
{
	const struct sbx_path_index names = index_names(tree);
	cleanup_fd int fd = sbx_tree_open(stage, name);
	struct sbx_entries entries = { .fd = fd, .errnum = fd < 0 ? errno : 0 };
	const struct sbx_entry *entry;
	bool grown = fd < 0;

	while (!grown && !sbx_interrupted() && (entry = sbx_entries_next(&entries))) {
		const struct sbx_tree *one;
		struct stat st;
		size_t at;

		if (sbx_is_dot_entry(entry->name))
			continue;
		at = sbx_path_index_at(&names, entry->name, strlen(entry->name), NULL, NULL);
		one = at == SBX_PATH_INDEX_NONE ? NULL : sbx_vec_at(&tree->in, at);
		grown = !one || fstatat(fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			!sbx_same_file(&st, &one->made) ||
			(S_ISDIR(st.st_mode) && sbx_tree_grown(fd, entry->name, one));
	}
	return grown || entries.errnum;
}
