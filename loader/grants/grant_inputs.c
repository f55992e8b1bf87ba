/* SPDX-License-Identifier: MIT */
/*
 * grant_inputs.c -- what an argument that names an input gets. UNTRUSTED: its name.
 */
#include "loader/grants/grant_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "loader/grants/grant_options.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"

static void add_link(struct sbx_plan *plan, const struct sbx_resolved *path)
{
	struct sbx_resolved only = { .exists = false };
	struct sbx_link link = { .at = path->path, .text = sbx_readlink(path->path) };

	if (!link.text)
		sbx_plan_expect(plan, errno, path->path);
	if (!link.text)
		return;
	sbx_vec_push(&only.links, sizeof(link), &link);
	sbx_plan_links(plan, &only);
}

/*
 * An input that holds an output's directory: what is in that one is shown by the stage, entry by entry, as it would be
 * in the whole: a symlink as such, what is protected not at all.
 */
static void grant_entries(const struct sbx_outputs *outputs, const char *path, enum sbx_grant grant)
{
	const struct sbx_resolved dir = { .path = sbx_strdup(path), .exists = true };
	struct dirent *entry;
	DIR *list = opendir(path);

	for (errno = list ? 0 : errno; list && (entry = readdir(list)); errno = 0) {
		struct sbx_resolved *file = sbx_output_grant_in(&dir, entry->d_name);

		if (sbx_is_dot_entry(entry->d_name) || sbx_stage_is_name(entry->d_name))
			continue;
		if (lstat(file->path, &file->st) < 0) {
			sbx_plan_expect(outputs->plan, errno, file->path);
			continue;
		}
		file->exists = true;
		if (sbx_protected_paths_hidden(outputs->plan, file->path) ||
		    sbx_stage_shows(outputs->stage, file->path) || sbx_plan_has_any(outputs->plan, file->path))
			continue;
		if (S_ISLNK(file->st.st_mode))
			add_link(outputs->plan, file);
		else if (sbx_grants_possible(file))
			sbx_plan_grant(outputs->plan, grant, file, NULL);
	}
	if (errno)
		sbx_plan_expect(outputs->plan, errno, path);
	if (list)
		closedir(list);
}

static void grant_input(const struct sbx_outputs *outputs, const struct sbx_resolved *path)
{
	const struct sbx_vec *dirs = &outputs->stage->dirs;

	sbx_plan_grant(outputs->plan, SBX_GRANT_INPUT, path, NULL);
	for (size_t i = 0; S_ISDIR(path->st.st_mode) && i < dirs->count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(dirs, i);

		if (dir->path && sbx_path_within(dir->dir, path->path))
			grant_entries(outputs, dir->dir, SBX_GRANT_INPUT);
	}
}

void sbx_input_show_granted(const struct sbx_outputs *outputs)
{
	for (size_t i = 0; i < outputs->stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&outputs->stage->dirs, i);
		const struct sbx_plan_mount *shown = dir->path ? sbx_precedence_shown(outputs->plan, dir->dir) : NULL;

		if (shown)
			grant_entries(outputs, dir->dir,
				      shown->attr & MOUNT_ATTR_NOEXEC ? SBX_GRANT_INPUT : SBX_GRANT_ROX);
	}
}

/* An option or the policy has put something else in its place: nothing of the host's comes back by an argument. */
static bool is_replaced(const struct sbx_outputs *outputs, const struct sbx_resolved *path)
{
	const struct sbx_plan_mount *over = sbx_precedence_over(outputs->plan, path->path);

	if (over && over->type == SBX_MOUNT_TMPFS)
		sbx_plan_note(outputs->plan, path->path, sbx_format("below the private directory %s", over->dst),
			      sbx_format("--ro %s", sbx_quote(path->path)));
	return over;
}

/* The sandbox has one of its own in its place, /etc/passwd: what somebody names is the host's, which anybody may read.
 */
static bool is_stand_in(const struct sbx_plan *plan, const struct sbx_resolved *path)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path->path);

	return mount && mount->type == SBX_MOUNT_FILE && strcmp(mount->dst, path->path) == 0 && !path->links.count &&
	       S_ISREG(path->st.st_mode) && path->st.st_uid == 0 && (path->st.st_mode & S_IROTH);
}

/* What a name was derived for, or a journal that belongs to `of`: no link, and of the same owner. */
static bool is_sibling(const struct stat *of, const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (!of || st.st_uid == of->st_uid);
}

/* The first bytes of a database's file; <https://sqlite.org/fileformat.html>. */
static bool is_database(const char *path)
{
	static const char magic[] = "SQLite format 3";
	cleanup_fd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char bytes[sizeof(magic)];

	return fd >= 0 && pread(fd, bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes) &&
	       memcmp(bytes, magic, sizeof(magic)) == 0;
}

/* Without its journal a database that somebody has left in the midst of a transaction shows what never was. */
static void grant_journals(const struct sbx_outputs *outputs, const struct sbx_resolved *path)
{
	static const char *const endings[] = { "-wal", "-shm", "-journal" };

	for (size_t i = 0; S_ISREG(path->st.st_mode) && i < sizeof(endings) / sizeof(endings[0]); i++) {
		const char *sibling = sbx_format("%s%s", path->path, endings[i]);

		if (is_sibling(&path->st, sibling) && is_database(path->path))
			sbx_input_grant_word(outputs, sibling);
	}
}

int sbx_input_grant_word(const struct sbx_outputs *outputs, const char *word)
{
	struct sbx_resolved *path = sbx_alloc(sizeof(*path));
	struct sbx_plan *plan = outputs->plan;
	const char *reason;

	if (sbx_resolve(outputs->cwd, word, path) < 0) {
		sbx_plan_expect(plan, errno, word);
		return 0;
	}
	if (!path->exists)
		return 0;
	reason = sbx_protected_paths_reason(plan, path);
	if (reason && is_stand_in(plan, path))
		reason = NULL;
	if (!reason && !sbx_grants_possible(path))
		reason = "neither a file nor a directory";
	if (reason)
		sbx_output_grant_refuse(plan, path, reason, "--ro");
	else if (!sbx_stage_shows(outputs->stage, path->path) && !is_replaced(outputs, path))
		grant_input(outputs, path);
	else
		return 0;
	grant_journals(outputs, path);
	return 0;
}

int sbx_input_grant_fitting(const struct sbx_outputs *outputs, const char *dir, const struct sbx_pattern *pattern)
{
	struct sbx_resolved real;
	struct dirent *entry;
	const int resolved = sbx_resolve(outputs->cwd, dir, &real);
	DIR *list = resolved == 0 && real.exists ? opendir(real.path) : NULL;

	if (resolved == 0 && !real.exists)
		return 0;
	for (errno = list ? 0 : errno; list && (entry = readdir(list)); errno = 0)
		if (sbx_output_names_fit(pattern, entry->d_name) &&
		    is_sibling(NULL, sbx_format("%s/%s", real.path, entry->d_name)))
			sbx_input_grant_word(outputs, sbx_format("%s/%s", dir, entry->d_name));
	if (errno)
		sbx_plan_expect(outputs->plan, errno, dir);
	if (list)
		closedir(list);
	return 0;
}
