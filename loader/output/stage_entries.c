/* SPDX-License-Identifier: MIT */
/*
 * stage_entries.c -- the entries of a staging directory after the run, by getdents64(2), and whose they are. UNTRUSTED:
 * what the target has made there.
 */
#include "loader/output/stage_entries.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/directory.h"
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

struct sbx_vec sbx_stage_names(int fd, int *errnum)
{
	struct sbx_entries entries = { .fd = fd, .errnum = fd < 0 ? errno : 0 };
	const struct sbx_entry *entry;
	struct sbx_vec names = { 0 };

	while (fd >= 0 && (entry = sbx_entries_next(&entries))) {
		char *name = sbx_strdup(entry->name);

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			sbx_vec_push(&names, sizeof(name), &name);
	}
	if (fd >= 0)
		close(fd);
	*errnum = entries.errnum;
	return names;
}

bool sbx_stage_fits(const struct sbx_stage_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->patterns.count; i++)
		if (sbx_output_names_fit(sbx_vec_at(&dir->patterns, i), name))
			return true;
	return false;
}
