/* SPDX-License-Identifier: MIT */
/*
 * git_repository.c -- gitrepository-layout(5). UNTRUSTED: all of it.
 */
#include "loader/guard/git_repository.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/guard/guard_look.h"
#include "shim/lookup.h"

#define DEPTH_MAX 12
#define ENTRIES_MAX 20000
#define LINE_MAX_ 4096

/* Nothing below these is obeyed, in a repository; a submodule may be called so. */
static bool is_data(const char *name)
{
	static const char *const names[] = { "objects", "refs", "logs", "lfs", "rr-cache", "rebase-merge" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

bool sbx_git_samples_only(const char *hooks)
{
	cleanup_fd int fd = sbx_look_open(hooks, true);
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;

	if (fd < 0)
		return sbx_lookup_absent(errno) && access(hooks, F_OK) < 0;
	while ((entry = sbx_entries_next(&entries))) {
		const size_t len = strlen(entry->name);

		if (!sbx_is_dot_entry(entry->name) && !(len > 7 && strcmp(entry->name + len - 7, ".sample") == 0) &&
		    strcmp(entry->name, "README") != 0)
			return false;
	}
	return !entries.errnum;
}

static bool is_harmless_config(int dir, const char *path, const char *name)
{
	struct sbx_git_config config;

	if (sbx_git_config_read(dir, name, &config) < 0)
		return false;
	for (size_t i = 0; i < config.settings.count; i++) {
		const struct sbx_git_setting *setting = sbx_vec_at(&config.settings, i);
		const bool submodule = strstr(path, "/modules/") && strcmp(setting->key, "worktree") == 0 &&
				       strcmp(setting->section, "core") == 0 && setting->value[0] == '.';

		if (sbx_git_config_executes(setting) && !submodule)
			return false;
	}
	return true;
}

static bool is_harmless(const char *path, unsigned int depth, size_t *left);

static bool is_harmless_entry(int fd, const char *path, const char *name, unsigned int depth, size_t *left)
{
	const char *below = sbx_join(path, "/", name);
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (strcasecmp(name, "hooks") == 0)
		return S_ISDIR(st.st_mode) && sbx_git_samples_only(below);
	if (strcmp(name, "config") == 0 || strcmp(name, "config.worktree") == 0)
		return is_harmless_config(fd, path, name);
	if (strcmp(name, "commondir") == 0)
		return strstr(path, "/worktrees/");
	if (S_ISLNK(st.st_mode))
		return strcmp(name, "HEAD") == 0;
	return !S_ISDIR(st.st_mode) || (is_data(name) && access(sbx_join(path, "/HEAD"), F_OK) == 0) ||
	       is_harmless(below, depth + 1, left);
}

static bool is_harmless(const char *path, unsigned int depth, size_t *left)
{
	cleanup_fd int fd = depth < DEPTH_MAX ? sbx_look_open(path, true) : -1;
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;

	if (fd < 0)
		return false;
	while ((entry = sbx_entries_next(&entries))) {
		if (sbx_is_dot_entry(entry->name))
			continue;
		if (!*left || !is_harmless_entry(fd, path, entry->name, depth, left))
			return false;
		--*left;
	}
	return !entries.errnum;
}

bool sbx_git_harmless(const char *gitdir)
{
	size_t left = ENTRIES_MAX;

	return is_harmless(gitdir, 0, &left);
}

char *sbx_git_link(const char *dir, const char *name, const char *prefix)
{
	cleanup_fd int fd = open(sbx_join(dir, "/", name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const size_t skip = strlen(prefix);
	char line[LINE_MAX_ + 1];
	struct stat st;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	got = read(fd, line, LINE_MAX_);
	if (got <= (ssize_t)skip)
		return NULL;
	line[got] = 0;
	if (strncmp(line, prefix, skip) != 0)
		return NULL;
	line[skip + strcspn(line + skip, "\r\n")] = 0;
	return line[skip] == '/' ? sbx_strdup(line + skip) : sbx_join(dir, "/", line + skip);
}

static void each_below(const char *path, unsigned int depth, void (*each)(const char *gitdir, void *context),
		       void *context)
{
	cleanup_fd int fd = depth < DEPTH_MAX ? sbx_look_open(path, false) : -1;
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;

	while (fd >= 0 && (entry = sbx_entries_next(&entries))) {
		const char *below = sbx_join(path, "/", entry->name);

		if (sbx_is_dot_entry(entry->name) || entry->type == DT_REG)
			continue;
		if (access(sbx_join(below, "/HEAD"), F_OK) == 0)
			sbx_git_each(below, each, context);
		else if (entry->type == DT_DIR)
			each_below(below, depth + 1, each, context); /* of a submodule that has a slash in its name */
	}
}

void sbx_git_each(const char *gitdir, void (*each)(const char *gitdir, void *context), void *context)
{
	each(gitdir, context);
	each_below(sbx_join(gitdir, "/modules"), 0, each, context);
}
