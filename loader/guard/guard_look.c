/* SPDX-License-Identifier: MIT */
/*
 * guard_look.c -- level by level, so that what a full tree costs is bounded and the nearest is seen first. openat2(2),
 * Linux 5.6. UNTRUSTED: names, modes and links after the run.
 */
#include "loader/guard/guard_look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "shim/guard.h"

#define LEVELS 3

/* A directory that is to be listed. */
struct level {
	const char *path;
	unsigned int depth;
	bool loose;
};

/* What package managers fill and replace as a whole: a mount in it would make that fail. */
static const char *const loose_names[] = { "node_modules", "vendor", "target", "site-packages", "_deps" };

static bool is_loose(const char *name)
{
	for (size_t i = 0; i < sizeof(loose_names) / sizeof(loose_names[0]); i++)
		if (strcmp(name, loose_names[i]) == 0)
			return true;
	return false;
}

/* What people and their tools run, and is written by any command that makes it: it can't be guarded. */
static const char *const runnable[] = { "package.json", "Makefile",     "makefile",       "GNUmakefile",
					"setup.py",     "conftest.py",  "pyproject.toml", "tox.ini",
					"noxfile.py",   "Rakefile",     "Gemfile",        "Justfile",
					"justfile",     "Dockerfile",   "compose.yml",    "docker-compose.yml",
					"build.rs",     "build.gradle", "CMakeLists.txt", "configure",
					"gulpfile.js",  "Vagrantfile",  ".gitlab-ci.yml" };

static bool is_runnable(const struct level *level, const char *name)
{
	if (strcmp(name, ".bin") == 0)
		return strcmp(sbx_basename(level->path), "node_modules") == 0;
	for (size_t i = 0; i < sizeof(runnable) / sizeof(runnable[0]) && !level->loose; i++)
		if (strcmp(name, runnable[i]) == 0)
			return true;
	return false;
}

bool sbx_guard_says(const struct sbx_guard *guard, const char *path)
{
	const size_t len = strlen(path);
	int says = 0;

	for (size_t i = guard->patterns.count; i-- > 0 && !says;)
		says = sbx_guard_match(*(const char **)sbx_vec_at(&guard->patterns, i), path, len);
	return says > 0;
}

bool sbx_guard_git(const struct sbx_guard *guard, const char *behind)
{
	return sbx_guard_says(guard, "/.git") || (*behind && sbx_guard_says(guard, sbx_join("/.git/", behind)));
}

bool sbx_guard_is_since(const struct sbx_guard *guard, const struct timespec *when)
{
	const struct timespec *began = &guard->began;

	return when->tv_sec > began->tv_sec || (when->tv_sec == began->tv_sec && when->tv_nsec >= began->tv_nsec);
}

static int open_plain(const char *path, int flags)
{
	const struct open_how how = { .flags = (unsigned int)(flags | O_DIRECTORY | O_CLOEXEC),
				      .resolve = RESOLVE_NO_SYMLINKS };
	const int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 && errno == ENOSYS ? open(path, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : fd;
}

int sbx_look_open(const char *path, bool opens)
{
	int fd = open_plain(path, O_RDONLY);
	cleanup_fd int seen = fd < 0 && errno == EACCES && opens ? open_plain(path, O_PATH) : -1;
	const char *by_fd = sbx_format("/proc/self/fd/%d", seen);
	struct stat st;

	if (seen < 0 || fstat(seen, &st) < 0 || chmod(by_fd, (st.st_mode | 0700) & 07777) < 0)
		return fd;
	fd = open_plain(path, O_RDONLY);
	if (chmod(by_fd, st.st_mode & 07777) < 0 && fd < 0)
		errno = EACCES;
	return fd;
}

/* What of a repository's layout a directory has. With commondir the rest is elsewhere. */
enum { HEAD = 1, OBJECTS = 2, REFS = 4, COMMON = 8 };

static unsigned int layout_of(const char *name)
{
	return strcmp(name, "HEAD") == 0      ? HEAD :
	       strcmp(name, "objects") == 0   ? OBJECTS :
	       strcmp(name, "refs") == 0      ? REFS :
	       strcmp(name, "commondir") == 0 ? COMMON :
						0;
}

static bool is_repository(unsigned int has)
{
	return (has & HEAD) && ((has & COMMON) || (has & (OBJECTS | REFS)) == (OBJECTS | REFS));
}

static void push_level(struct sbx_vec *levels, const char *path, unsigned int depth, bool loose)
{
	const struct level level = { sbx_strdup(path), depth, loose };

	sbx_vec_push(levels, sizeof(level), &level);
}

static bool is_directory(int fd, const struct sbx_entry *entry)
{
	struct stat st;

	if (entry->type != DT_UNKNOWN)
		return entry->type == DT_DIR;
	return fstatat(fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* After the run what was made or changed is looked at as far down as it goes. */
static bool is_changed(const struct sbx_look *look, const char *path)
{
	struct stat st;

	return look->opens && lstat(path, &st) == 0 && sbx_guard_is_since(look->guard, &st.st_ctim);
}

static void look_at_entry(struct sbx_look *look, struct sbx_vec *levels, const struct level *level, const char *path,
			  const char *name, bool is_dir)
{
	const bool loose = level->loose || is_loose(name);
	const char *changed;

	if (look->opens && is_runnable(level, name) && is_changed(look, path)) {
		changed = sbx_strdup(path);
		sbx_vec_push(&look->guard->changed, sizeof(changed), &changed);
	}
	if (sbx_guard_says(look->guard, path))
		look->found(look, path, level->loose);
	else if (is_dir && strcasecmp(name, ".git") == 0)
		look->repository(look, path);
	else if (is_dir && (level->depth < LEVELS || (!loose && is_changed(look, path))))
		push_level(levels, path, level->depth + 1, loose);
}

/* It is a repository's, whatever it is called. */
static void look_at_layout(struct sbx_look *look, const struct level *level)
{
	if (level->depth == 0)
		look->bare_root(look);
	else if (sbx_guard_git(look->guard, ""))
		look->found(look, level->path, level->loose);
	else
		look->repository(look, level->path);
}

static void list(struct sbx_look *look, struct sbx_vec *levels, const struct level *level)
{
	cleanup_fd int fd = sbx_look_open(level->path, look->opens);
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;
	const size_t before = levels->count, len = level->path[1] ? strlen(level->path) : 0;
	char path[4096];
	unsigned int has = 0;

	if (fd < 0 || len + 257 > sizeof(path))
		return;
	memcpy(path, level->path, len);
	path[len] = '/';
	while ((entry = sbx_entries_next(&entries))) {
		if (sbx_is_dot_entry(entry->name))
			continue;
		if (!look->guard->left) {
			look->more = true;
			break;
		}
		look->guard->left--;
		has |= layout_of(entry->name);
		snprintf(path + len + 1, sizeof(path) - len - 1, "%s", entry->name);
		look_at_entry(look, levels, level, path, entry->name, is_directory(fd, entry));
	}
	if (!is_repository(has))
		return;
	if (level->depth)
		levels->count = before; /* it is looked at as what it is */
	look_at_layout(look, level);
}

void sbx_look_at(struct sbx_look *look)
{
	struct sbx_vec levels = { 0 };

	look->more = false;
	push_level(&levels, look->root->path, 0, false);
	for (size_t i = 0; i < levels.count && !look->more; i++) {
		const struct level level = *(struct level *)sbx_vec_at(&levels, i);

		list(look, &levels, &level);
	}
}
