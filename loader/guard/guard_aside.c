/* SPDX-License-Identifier: MIT */
/*
 * guard_aside.c -- renameat2(2) into a directory beside, under a name that nothing obeys and that says where it was.
 * UNTRUSTED: the names, the modes of the directories above, and git's configurations.
 */
#include "loader/guard/guard_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/guard/git_config.h"
#include "loader/guard/guard_look.h"
#include "shim/paths.h"

#define NAME_LONGEST 255
#define TRIES 8

static struct sbx_guard_kept *kept_in(struct sbx_guard *guard, const char *dir, int dir_fd)
{
	struct sbx_guard_kept kept = { .dir = sbx_strdup(dir), .fd = -1 };
	struct stat st;

	for (size_t i = 0; i < guard->kept.count; i++)
		if (strcmp(((struct sbx_guard_kept *)sbx_vec_at(&guard->kept, i))->dir, dir) == 0)
			return sbx_vec_at(&guard->kept, i);
	for (int i = 0; i < TRIES && kept.fd < 0; i++) {
		uint64_t number;

		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return NULL;
		kept.name = sbx_join(SBX_KEPT_PREFIX, sbx_hex(number));
		if (mkdirat(dir_fd, kept.name, 0700) == 0)
			kept.fd = openat(dir_fd, kept.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		else if (errno != EEXIST)
			return NULL;
	}
	if (kept.fd < 0 || fstat(kept.fd, &st) < 0)
		return NULL;
	kept.dev = st.st_dev;
	kept.ino = st.st_ino;
	return sbx_vec_push(&guard->kept, sizeof(kept), &kept);
}

/* .cargo/config.toml is sbx-guarded%.cargo%2fconfig.toml: kept.c of sbx-policy reads it back. */
static const char *kept_name(const struct sbx_guard *guard, const char *dir, const char *path)
{
	const char *below = path + (dir[1] ? strlen(dir) : 0) + 1;
	char *name = sbx_alloc(sizeof(SBX_KEPT_GUARDED) + 3 * strlen(below)), *to;

	to = stpcpy(name, SBX_KEPT_GUARDED);
	for (; *below; below++)
		to = *below == '/' ? stpcpy(to, "%2f") : *below == '%' ? stpcpy(to, "%25") : (*to = *below, to + 1);
	*to = 0;
	return strlen(name) <= NAME_LONGEST ? name : sbx_format("sbx-guarded-%zu", guard->moved.count);
}

/* In a directory that its owner may not write, for now. */
static int move(int from, const char *name, int to, const char *new)
{
	struct stat st;
	int rc = renameat(from, name, to, new);

	if (rc == 0 || errno != EACCES || fstat(from, &st) < 0 || fchmod(from, (st.st_mode | 0700) & 07777) < 0)
		return rc;
	rc = renameat(from, name, to, new);
	(void)!fchmod(from, st.st_mode & 07777);
	return rc;
}

static int move_to(struct sbx_guard *guard, const char *dir, int parent, const char *path)
{
	cleanup_fd int dir_fd = sbx_look_open(dir, true);
	const struct sbx_guard_kept *kept = dir_fd >= 0 ? kept_in(guard, dir, dir_fd) : NULL;

	return kept ? move(parent, sbx_basename(path), kept->fd, kept_name(guard, dir, path)) : -1;
}

void sbx_guard_aside(struct sbx_guard *guard, const char *root, const char *path)
{
	const char *above = sbx_dirname(path);
	cleanup_fd int parent = sbx_look_open(above, true);
	const char *text;

	/* Beside it, where the root is another file system. */
	if (parent >= 0 && (move_to(guard, root, parent, path) == 0 ||
			    (errno != ENOENT && move_to(guard, above, parent, path) == 0))) {
		text = sbx_strdup(path);
		sbx_vec_push(&guard->moved, sizeof(text), &text);
		return;
	}
	if (errno == ENOENT)
		return;
	text = sbx_format("%s: %s", path, strerror(errno));
	sbx_vec_push(&guard->stuck, sizeof(text), &text);
}

static bool was_set(const struct sbx_guard *guard, const char *text)
{
	for (size_t i = 0; i < guard->settings.count; i++)
		if (strcmp(*(char **)sbx_vec_at(&guard->settings, i), text) == 0)
			return true;
	return false;
}

static int write_config(int dir, const char *name, const char *text, size_t len)
{
	const char *lock = sbx_join(name, ".lock");
	cleanup_fd int fd = -1;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (unlinkat(dir, lock, 0) < 0 && errno != ENOENT)
		return -1;
	fd = openat(dir, lock, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || fchmod(fd, st.st_mode & 0777) < 0)
		return -1;
	return renameat(dir, lock, dir, name);
}

void sbx_guard_cut(struct sbx_guard *guard, const char *gitdir, const char *name)
{
	cleanup_fd int dir = sbx_look_open(gitdir, true);
	const char *path = sbx_join(gitdir, "/", name), *text;
	const size_t before = guard->cut.count;
	struct sbx_git_config config;
	size_t len = 0, from = 0;
	char *left;

	if (dir < 0 || sbx_git_config_read(dir, name, &config) < 0)
		return;
	left = sbx_alloc(config.len + 1);
	for (size_t i = 0; i < config.settings.count; i++) {
		const struct sbx_git_setting *setting = sbx_vec_at(&config.settings, i);

		text = sbx_join(path, " ", sbx_git_config_text(setting));
		if (!sbx_git_config_executes(setting) || was_set(guard, text))
			continue;
		sbx_vec_push(&guard->cut, sizeof(text), &text);
		memcpy(left + len, config.text + from, setting->from - from);
		len += setting->from - from;
		from = setting->to;
	}
	if (guard->cut.count == before)
		return;
	memcpy(left + len, config.text + from, config.len - from);
	if (write_config(dir, name, left, len + config.len - from) == 0)
		return;
	guard->cut.count = before;
	text = sbx_format("%s: %s", path, strerror(errno));
	sbx_vec_push(&guard->stuck, sizeof(text), &text);
}
