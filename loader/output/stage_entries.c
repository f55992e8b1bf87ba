/* SPDX-License-Identifier: MIT */
/*
 * stage_entries.c -- the entries of a staging directory after the run, by getdents64(2), and whose they are. UNTRUSTED:
 * what the target has made there.
 */
#include "loader/output/stage_entries.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"

char *sbx_stage_path(const char *dir, const char *name)
{
	return sbx_format("%s/%s", dir[1] ? dir : "", name);
}

static bool leads_to_mount(const struct sbx_plan *plan, const char *path)
{
	return sbx_plan_has_any(plan, path) || sbx_plan_has_below(plan, path, true);
}

enum sbx_stage_owner sbx_stage_owner(const struct sbx_plan *plan, const char *path, const struct stat *st)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	if (!mount || strcmp(mount->dst, path) != 0 || mount->type == SBX_MOUNT_DIR)
		return S_ISDIR(st->st_mode) && leads_to_mount(plan, path) ? SBX_OWNER_PARTLY_OURS : SBX_OWNER_TARGET;
	if (mount->type == SBX_MOUNT_SYMLINK)
		return S_ISLNK(st->st_mode) ? SBX_OWNER_OURS : SBX_OWNER_TARGET;
	if (mount->type == SBX_MOUNT_BIND || mount->type == SBX_MOUNT_MASK)
		return S_ISDIR(st->st_mode) || (S_ISREG(st->st_mode) && !st->st_size) ? SBX_OWNER_OURS :
											SBX_OWNER_TARGET;
	return SBX_OWNER_OURS;
}

/* No file system has longer names than getdents64(2) has room for. */
#define NAME_ROOM sizeof(((struct sbx_entries *)NULL)->bytes)

void sbx_stage_walk(struct sbx_stage_walk *walk, int fd, const char *dir)
{
	const size_t len = dir[1] ? strlen(dir) : 0;

	walk->entries.fd = fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	walk->errnum = walk->entries.fd < 0 ? errno : 0;
	walk->entries.errnum = 0;
	walk->entries.at = walk->entries.len = 0;
	walk->dir = len + 1;
	walk->room = walk->dir + NAME_ROOM;
	walk->path = sbx_alloc(walk->room);
	memcpy(walk->path, dir, len);
	walk->path[len] = '/';
}

bool sbx_stage_walk_next(struct sbx_stage_walk *walk)
{
	const struct sbx_entry *entry;

	if (walk->entries.fd < 0)
		return false;
	do
		entry = sbx_interrupted() ? NULL : sbx_entries_next(&walk->entries);
	while (entry && sbx_is_dot_entry(entry->name));
	if (!entry) {
		walk->errnum = walk->entries.errnum;
		close(walk->entries.fd);
		walk->entries.fd = -1;
		return false;
	}
	walk->name = entry->name;
	memcpy(walk->path + walk->dir, entry->name, strlen(entry->name) + 1);
	return true;
}

bool sbx_stage_empty(int fd)
{
	struct sbx_entries entries = { .fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	const struct sbx_entry *entry;
	bool empty = entries.fd >= 0;

	while (empty && (entry = sbx_entries_next(&entries)))
		empty = sbx_is_dot_entry(entry->name);
	if (entries.fd >= 0)
		close(entries.fd);
	return empty && !entries.errnum;
}

const char *sbx_stage_failure(const char *what, int errnum)
{
	static const char *last_what, *text;
	static int last;

	if (!text || errnum != last || strcmp(what, last_what) != 0)
		text = sbx_format("%s: %s", what, strerror(errnum));
	last_what = what;
	last = errnum;
	return text;
}

bool sbx_stage_fits(const struct sbx_stage_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->patterns.count; i++)
		if (sbx_output_names_fit(sbx_vec_at(&dir->patterns, i), name))
			return true;
	return false;
}
