/* SPDX-License-Identifier: MIT */
/*
 * quota.c -- fstatfs(2) of where the command writes, and the sizes of what stands in the stages. What stood there
 * before counts by what it has grown. UNTRUSTED: the stages; they are read by descriptors, never following a link, and
 * never deeper or longer than what could be moved into place.
 */
#include "loader/output/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/clock.h"
#include "loader/base/directory.h"
#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/output/stage.h"
#include "loader/output/stage_entries.h"

#define SAMPLE_MS 200
#define SAMPLE_PART 20 /* of the time at most is spent looking */
#define PLACES_MAX 16
#define DEPTH_MAX 200u
#define ENTRIES_MAX 1000000u

struct place {
	int fd; /* O_PATH */
	const char *path;
	fsid_t fsid;
	uint64_t floor; /* bytes that stay free */
};

struct known {
	dev_t dev;
	ino_t ino;
	uint64_t size;
	const struct stat *copy; /* only ours: the inode goes with it, and another file may get its number */
};

/* One look. */
struct tally {
	const struct sbx_quota *quota;
	uint64_t bytes, files;
	unsigned left;
	bool ended; /* nobody else changes it: a directory's mode may be changed for the look */
};

static uint64_t bytes_free(const struct statfs *fs)
{
	return (uint64_t)fs->f_bavail * (uint64_t)fs->f_bsize;
}

/* The file system of what is at `path`, unless it is among the places already; `fd` is the place's own then. */
static void add_place(struct sbx_quota *quota, int fd, const char *path, uint32_t share)
{
	struct place place = { .fd = fd, .path = path };
	struct statfs fs;
	uint64_t part;

	if (fd < 0 || quota->places.count == PLACES_MAX || fstatfs(fd, &fs) < 0 || !fs.f_blocks)
		return;
	for (size_t i = 0; i < quota->places.count; i++)
		if (memcmp(&((struct place *)sbx_vec_at(&quota->places, i))->fsid, &fs.f_fsid, sizeof(fs.f_fsid)) == 0)
			return;
	part = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize / SBX_WHOLE * (SBX_WHOLE - share);
	place.fsid = fs.f_fsid;
	place.floor = part < bytes_free(&fs) / 2 ? part : bytes_free(&fs) / 2;
	place.fd = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	if (place.fd >= 0)
		sbx_vec_push(&quota->places, sizeof(place), &place);
}

static void know(struct sbx_quota *quota, const struct stat *st, uint64_t size, const struct stat *copy)
{
	const struct known known = { st->st_dev, st->st_ino, size, copy };

	sbx_vec_push(&quota->known, sizeof(known), &known);
	if (S_ISREG(st->st_mode) && size > quota->largest)
		quota->largest = size;
}

static void know_tree(struct sbx_quota *quota, const struct sbx_tree *tree)
{
	know(quota, &tree->made, S_ISREG(tree->made.st_mode) ? (uint64_t)tree->made.st_size : 0, NULL);
	for (size_t i = 0; i < tree->in.count; i++)
		know_tree(quota, sbx_vec_at(&tree->in, i));
}

static void begin_stage(struct sbx_quota *quota, const struct sbx_stage_dir *dir, uint32_t share)
{
	if (share)
		add_place(quota, dir->stage_fd, dir->dir, share);
	for (size_t i = 0; i < dir->files.count; i++) {
		const struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		if (file->existed && file->tree)
			know_tree(quota, file->tree);
		else if (file->existed)
			know(quota, file->copied ? &file->copy : &file->seen, (uint64_t)file->seen.st_size,
			     file->copied ? &file->copy : NULL);
	}
}

static void begin_mount(struct sbx_quota *quota, const struct sbx_plan_mount *mount, uint32_t share)
{
	cleanup_fd int fd = -1;
	struct stat st;

	if (mount->type != SBX_MOUNT_BIND || mount->staged || (mount->attr & MOUNT_ATTR_RDONLY) ||
	    sbx_path_within(mount->dst, "/dev"))
		return;
	fd = open(mount->src, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > quota->largest)
		quota->largest = (uint64_t)st.st_size;
	if (share && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		add_place(quota, fd, mount->src, share);
}

static int by_inode(const void *a, const void *b)
{
	const struct known *one = a, *two = b;

	if (one->dev != two->dev)
		return one->dev < two->dev ? -1 : 1;
	return (one->ino > two->ino) - (one->ino < two->ino);
}

static bool is_counted(const struct sbx_quota *quota)
{
	return quota->bytes != SBX_UNLIMITED || quota->files != SBX_UNLIMITED;
}

void sbx_quota_begin(struct sbx_quota *quota, const struct sbx_stage *stage, const struct sbx_plan *plan)
{
	const struct sbx_limit *limit = &plan->policy->limits[SBX_LIMIT_OUTPUT];
	const bool guards = limit->share || limit->value != SBX_UNLIMITED;
	const uint32_t share = !guards ? 0 : limit->share ? limit->share : SBX_QUOTA_SHARE;

	quota->bytes = limit->value;
	quota->files = plan->policy->limits[SBX_LIMIT_OUTPUT_FILES].value;
	quota->stage = stage;
	quota->spare = plan->mounts.count;
	quota->sample_at = SBX_NEVER;
	for (size_t i = 0; i < stage->dirs.count; i++)
		begin_stage(quota, sbx_vec_at(&stage->dirs, i), share);
	for (size_t i = 0; i < plan->mounts.count; i++)
		begin_mount(quota, sbx_vec_at(&plan->mounts, i), share);
	if (quota->known.count)
		qsort(quota->known.items, quota->known.count, quota->known.size, by_inode);
	if (quota->places.count || (stage->dirs.count && is_counted(quota)))
		quota->sample_at = sbx_clock_after(SAMPLE_MS);
}

static bool is_untouched(const struct stat *st, const struct stat *copy)
{
	return st->st_size == copy->st_size && memcmp(&st->st_mtim, &copy->st_mtim, sizeof(st->st_mtim)) == 0 &&
	       memcmp(&st->st_ctim, &copy->st_ctim, sizeof(st->st_ctim)) == 0;
}

static const struct known *find_known(const struct sbx_quota *quota, const struct stat *st)
{
	const struct known key = { .dev = st->st_dev, .ino = st->st_ino };
	const struct known *known =
		quota->known.count ? bsearch(&key, quota->known.items, quota->known.count, sizeof(key), by_inode) :
				     NULL;

	return known && known->copy && !is_untouched(st, known->copy) ? NULL : known;
}

/* A file with several links here counts once: each link its part. */
static uint64_t bytes_of(const struct stat *st, const struct known *known)
{
	const uint64_t size = (uint64_t)st->st_size;

	if (!S_ISREG(st->st_mode))
		return 0;
	if (known)
		return size > known->size ? size - known->size : 0;
	return st->st_nlink > 1 ? (size + st->st_nlink - 1) / st->st_nlink : size;
}

static int open_below(const struct tally *tally, int parent, const char *name, const struct stat *st)
{
	cleanup_fd int found = -1;
	char by_fd[40];

	if (!tally->ended || (st->st_mode & 0500) == 0500)
		return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	found = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", found);
	return found < 0 || chmod(by_fd, (st->st_mode | 0500) & 07777) < 0 ?
		       -1 :
		       openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void count_dir(struct tally *tally, int fd, unsigned depth);

static void count_entry(struct tally *tally, int parent, const char *name, const struct stat *st, unsigned depth)
{
	const struct known *known = find_known(tally->quota, st);
	cleanup_fd int fd = -1;

	tally->files += !known;
	tally->bytes += bytes_of(st, known);
	if (!S_ISDIR(st->st_mode) || !depth)
		return;
	fd = open_below(tally, parent, name, st);
	if (fd < 0)
		return;
	count_dir(tally, fd, depth);
	if (tally->ended && (st->st_mode & 0500) != 0500)
		(void)!fchmod(fd, st->st_mode & 07777); /* where that fails, moving it does as well */
}

static void count_dir(struct tally *tally, int fd, unsigned depth)
{
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;
	struct stat st;

	while (tally->left && !sbx_interrupted() && (entry = sbx_entries_next(&entries))) {
		if (sbx_is_dot_entry(entry->name))
			continue;
		tally->left--;
		if (fstatat(fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			count_entry(tally, fd, entry->name, &st, depth - 1);
	}
}

/* How much is missing of what is to stay free, at the first place where something is. */
static uint64_t space_lacking(const struct sbx_quota *quota, const char **path)
{
	struct statfs fs;

	for (size_t i = 0; i < quota->places.count; i++) {
		const struct place *place = sbx_vec_at(&quota->places, i);

		if (fstatfs(place->fd, &fs) < 0 || bytes_free(&fs) >= place->floor)
			continue;
		*path = place->path;
		return place->floor - bytes_free(&fs);
	}
	return 0;
}

bool sbx_quota_sample(struct sbx_quota *quota)
{
	struct tally tally = { .quota = quota, .left = ENTRIES_MAX };
	const int64_t began = sbx_clock_now();
	int64_t took;

	for (size_t i = 0; is_counted(quota) && i < quota->stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&quota->stage->dirs, i);
		cleanup_fd int fd =
			dir->stage_fd < 0 ? -1 : openat(dir->stage_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0)
			count_dir(&tally, fd, DEPTH_MAX);
	}
	quota->sample_at = SBX_NEVER;
	quota->had_bytes = tally.bytes;
	quota->had_files = tally.files;
	quota->subject = NULL;
	if (space_lacking(quota, &quota->subject))
		quota->over = SBX_QUOTA_SPACE;
	else if (tally.bytes > quota->bytes)
		quota->over = SBX_QUOTA_BYTES;
	else if (quota->files != SBX_UNLIMITED && tally.files > quota->files + quota->spare)
		quota->over = SBX_QUOTA_FILES;
	took = (sbx_clock_now() - began) / 1000000 * SAMPLE_PART;
	if (!quota->over)
		quota->sample_at = sbx_clock_after(took > SAMPLE_MS ? (uint64_t)took : SAMPLE_MS);
	return quota->over;
}

static bool must_count(const struct sbx_quota *quota)
{
	const char *path;

	return quota->over != SBX_QUOTA_SPACE && (quota->over || is_counted(quota) || space_lacking(quota, &path));
}

/* `path`, room for that of the largest. */
static void add_output(struct sbx_quota *quota, int parent, const struct sbx_stage_walk *walk, const struct stat *st,
		       char *path)
{
	struct tally tally = { .quota = quota, .left = ENTRIES_MAX, .ended = true };

	count_entry(&tally, parent, walk->name, st, DEPTH_MAX);
	quota->had_bytes += tally.bytes;
	quota->had_files += tally.files;
	if (quota->subject && tally.bytes <= quota->subject_bytes)
		return;
	quota->subject = memcpy(path, walk->path, strlen(walk->path) + 1);
	quota->subject_bytes = tally.bytes;
}

static void decide(struct sbx_quota *quota)
{
	uint64_t lacking;
	const char *path;

	if (quota->over || sbx_interrupted())
		return;
	if (quota->had_bytes > quota->bytes)
		quota->over = SBX_QUOTA_BYTES;
	else if (quota->had_files > quota->files)
		quota->over = SBX_QUOTA_FILES;
	lacking = quota->over ? 0 : space_lacking(quota, &path);
	if (!lacking || quota->had_bytes < lacking) /* else somebody else has filled it */
		return;
	quota->over = SBX_QUOTA_SPACE;
	quota->subject = path;
}

/* What is named, and what has been written in place. */
static void count_directory(struct sbx_quota *quota, const struct sbx_stage_dir *dir)
{
	struct sbx_stage_walk walk;
	struct stat st;
	char *room;

	sbx_stage_walk(&walk, dir->stage_fd, dir->dir);
	room = sbx_alloc(walk.room);
	while (sbx_stage_walk_next(&walk))
		if (fstatat(dir->stage_fd, walk.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    (sbx_stage_find(dir, walk.name) ||
		     (sbx_stage_fits(dir, walk.name) &&
		      sbx_stage_owner(quota->stage->plan, walk.path, &st) == SBX_OWNER_TARGET)))
			add_output(quota, dir->stage_fd, &walk, &st, room);
}

void sbx_quota_judge(struct sbx_quota *quota)
{
	if (!must_count(quota))
		return;
	quota->had_bytes = quota->had_files = 0;
	for (size_t i = 0; i < quota->stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&quota->stage->dirs, i);

		if (dir->stage_fd >= 0)
			count_directory(quota, dir);
	}
	decide(quota);
}

const char *sbx_quota_refusal(const struct sbx_quota *quota)
{
	static const char *const reasons[] = {
		[SBX_QUOTA_KEPT] = NULL,
		[SBX_QUOTA_BYTES] = "over limits.output: it is not moved into place",
		[SBX_QUOTA_FILES] = "over limits.output_files: it is not moved into place",
		[SBX_QUOTA_SPACE] = "the disk is full: it is not moved into place",
	};

	return reasons[quota->over];
}
