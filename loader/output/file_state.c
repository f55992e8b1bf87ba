/* SPDX-License-Identifier: MIT */
/*
 * file_state.c -- by device, inode, size and times. UNTRUSTED: what is at the names; it is looked at, never opened.
 */
#include "loader/output/file_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/directory.h"
#include "loader/base/memory.h"

bool sbx_state_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Nobody has written it, nor changed its mode or links. */
static bool same_state(const struct stat *a, const struct stat *b)
{
	return sbx_same_file(a, b) && a->st_size == b->st_size && sbx_state_same_time(&a->st_mtim, &b->st_mtim) &&
	       sbx_state_same_time(&a->st_ctim, &b->st_ctim);
}

const struct stat *sbx_state_shown(const struct sbx_stage_file *file)
{
	return file->copied ? &file->copy : file->tree ? &file->tree->made : &file->seen;
}

bool sbx_state_unchanged(const struct sbx_stage_file *file, const struct stat *st)
{
	return file->copied ? same_state(st, &file->copy) : file->existed && sbx_same_file(st, sbx_state_shown(file));
}

bool sbx_state_written(const struct sbx_stage_file *file, const struct stat *st)
{
	return file->existed && !file->copied && !file->tree &&
	       (st->st_size != file->seen.st_size || !sbx_state_same_time(&st->st_mtim, &file->seen.st_mtim));
}

const char *sbx_state_overtaken(const struct sbx_stage_dir *dir, const struct sbx_stage_file *file)
{
	struct stat st;

	if (!file->copied)
		return NULL;
	if (fstatat(dir->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? NULL : sbx_format("it can't be looked at: %s", strerror(errno));
	if (!file->gone && (file->copy.st_uid != file->seen.st_uid || file->copy.st_gid != file->seen.st_gid))
		return "changed in a copy that can't be given its owner or group";
	return same_state(&st, &file->seen) ? NULL : "changed while the command worked on a copy of it";
}

/* One that is no longer there by its name. */
struct left {
	dev_t dev;
	ino_t ino;
	const struct sbx_stage_file *file;
};

static int by_inode(const void *a, const void *b)
{
	const struct left *one = a, *two = b;

	if (one->dev != two->dev)
		return one->dev < two->dev ? -1 : 1;
	return (one->ino > two->ino) - (one->ino < two->ino);
}

bool sbx_state_can_follow(const struct sbx_stage_file *file)
{
	return file->gone && !file->copied && !file->fitting;
}

static int by_inode_and_use(const void *a, const void *b)
{
	const struct sbx_stage_file *one = ((const struct left *)a)->file, *two = ((const struct left *)b)->file;
	const bool follows = sbx_state_can_follow(one);
	const int order = by_inode(a, b);

	if (order || follows != sbx_state_can_follow(two))
		return order ? order : follows ? -1 : 1;
	return (one > two) - (one < two);
}

void sbx_state_note(struct sbx_stage_dir *dir, struct sbx_vec *lefts)
{
	size_t kept = 0;

	for (size_t i = 0; i < dir->files.count; i++) {
		struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);
		const struct stat *shown = sbx_state_shown(file);
		const struct left left = { shown->st_dev, shown->st_ino, file };
		struct stat st;

		file->stays = fstatat(dir->stage_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
		file->gone = file->existed && !file->stays && errno == ENOENT;
		file->unseen = file->existed && !file->stays && errno != ENOENT ? errno : 0;
		file->stays = file->stays && sbx_same_file(&st, shown);
		if (file->existed && !file->stays)
			sbx_vec_push(lefts, sizeof(left), &left);
	}
	if (lefts->count)
		qsort(lefts->items, lefts->count, lefts->size, by_inode_and_use);
	for (size_t i = 0; i < lefts->count; i++) { /* of one inode the first */
		const struct left *left = sbx_vec_at(lefts, i);

		if (!i || by_inode(left, left - 1) != 0)
			memmove(sbx_vec_at(lefts, kept++), left, sizeof(*left));
	}
	lefts->count = kept;
}

const struct sbx_stage_file *sbx_state_left(const struct sbx_vec *lefts, const struct stat *st)
{
	const struct left key = { .dev = st->st_dev, .ino = st->st_ino };
	const struct left *left =
		lefts->count ? bsearch(&key, lefts->items, lefts->count, sizeof(key), by_inode) : NULL;

	return left ? left->file : NULL;
}
