/* SPDX-License-Identifier: MIT */
/*
 * path_resolve.c -- path_resolution(7) by hand, because the private root must reproduce each symlink on a granted path.
 *
 * Whoever owns a directory may change it meanwhile: what is at the canonical path is looked at through openat2 without
 * symlinks, and mounted by the same means and only if it is still that inode (private_root.c).
 */
#include "loader/base/path_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/mounts.h"
#include "loader/base/sticky.h"
#include "loader/base/path.h"
#include "shim/walk.h"

#define ATTEMPTS 3 /* somebody may rename and link while we walk */

/* Entries of "/" that are no links: most paths begin with one, and only root could exchange it meanwhile. */
static struct {
	const char *path;
	size_t len;
} tops[16];
static size_t tops_count;

static bool is_known_top(const char *path, size_t len)
{
	for (size_t i = 0; i < tops_count; i++)
		if (tops[i].len == len && memcmp(tops[i].path, path, len) == 0)
			return true;
	return false;
}

static void know_top(const char *at)
{
	const size_t len = strlen(at);

	if (memchr(at + 1, '/', len - 1) || tops_count == sizeof(tops) / sizeof(tops[0]) || is_known_top(at, len))
		return;
	tops[tops_count].path = sbx_strndup(at, len);
	tops[tops_count++].len = len;
}

/* Links that were read for this run already. */
static struct sbx_vec known_links;

void sbx_resolve_know(const char *at, const char *text)
{
	const struct sbx_link link = { .at = (char *)(uintptr_t)at, .text = (char *)(uintptr_t)text };

	sbx_vec_push(&known_links, sizeof(link), &link);
}

void sbx_resolve_forget(void)
{
	known_links.count = 0;
}

static const struct sbx_link *known_link(const char *path, size_t len)
{
	for (size_t i = 0; i < known_links.count; i++) {
		const struct sbx_link *link = sbx_vec_at(&known_links, i);

		if (strncmp(link->at, path, len) == 0 && !link->at[len])
			return link;
	}
	return NULL;
}

/* An entry of "/", or of a directory there: nothing on the way to it is a link, so that no more than lstat(2) is
 * needed. */
static bool is_near_top(const char *path)
{
	const size_t len = (size_t)(strrchr(path, '/') - path);
	const char *top;
	struct stat st;

	if (len == 0 || is_known_top(path, len))
		return true;
	if (memchr(path + 1, '/', len - 1))
		return false;
	top = sbx_strndup(path, len);
	if (lstat(top, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	know_top(top);
	return true;
}

/* The symlink's text; NULL with errno set, EINVAL where it is none. */
static char *read_link(const char *at)
{
	const struct sbx_link *link = known_link(at, strlen(at));
	char *text;

	if (link)
		return link->text;
	errno = EINVAL;
	if (is_known_top(at, strlen(at)))
		return NULL;
	text = sbx_readlink(at);
	if (!text && errno == EINVAL)
		know_top(at);
	return text;
}

/* sbx_walk_read: notes each symlink. */
static long resolve_link(void *data, const char *at, bool last, char text[SBX_WALK_MAX])
{
	struct sbx_resolved *resolved = data;
	struct sbx_link link = { .text = read_link(at) };
	size_t len;

	if (!link.text)
		return errno == EINVAL ? 0 : -errno;
	link.at = sbx_strdup(at);
	sbx_vec_push(&resolved->links, sizeof(link), &link);
	if (last) {
		resolved->ends_in_link = true;
		resolved->planted |= !sbx_sticky_may_follow(at);
	}
	len = strlen(link.text);
	if (len > SBX_WALK_MAX)
		return -ENAMETOOLONG;
	memcpy(text, link.text, len);
	return (long)len;
}

/* What is at the canonical path, reached through no symlink: -1 with ELOOP when somebody has put one there meanwhile.
 */
static int look_at_canonical(struct sbx_resolved *resolved)
{
	cleanup_fd int fd = -1;

	if (is_near_top(resolved->path)) {
		if (lstat(resolved->path, &resolved->st) < 0)
			return -1;
		if (S_ISDIR(resolved->st.st_mode))
			know_top(resolved->path);
		return 0;
	}
	fd = sbx_mounts_open_plain(resolved->path);
	return fd < 0 ? -1 : fstat(fd, &resolved->st);
}

static int walk_path(const char *cwd, const char *path, struct sbx_resolved *resolved)
{
	struct sbx_walk walk;
	long ret;

	if (path[0] != '/' && !cwd) { /* it has been removed */
		errno = ENOENT;
		return -1;
	}
	memset(resolved, 0, sizeof(*resolved));
	ret = sbx_walk(&walk, cwd, path, resolve_link, resolved);
	resolved->exists = ret == 0;
	if (ret < 0 && (ret != -ENOENT || *walk.rest)) {
		errno = (int)-ret;
		return -1;
	}
	resolved->path = sbx_strdup(*walk.done ? walk.done : "/");
	return 0;
}

/* Most paths hold no link: the kernel says so in one call. Else, and where it can't tell, they are walked. */
static bool resolve_plain(const char *path, struct sbx_resolved *resolved)
{
	const size_t len = strlen(path);
	const bool slash_behind = path[len - 1] == '/' || (len > 1 && path[len - 1] == '.' && path[len - 2] == '/');
	char *plain = sbx_path_plain(path);

	if (!plain || known_link(plain, 1 + strcspn(plain + 1, "/")))
		return false;
	memset(resolved, 0, sizeof(*resolved));
	resolved->path = plain;
	resolved->exists = look_at_canonical(resolved) == 0;
	if (!resolved->exists)
		return errno == ENOENT && !slash_behind && is_near_top(plain);
	return !S_ISLNK(resolved->st.st_mode) && (S_ISDIR(resolved->st.st_mode) || !slash_behind);
}

int sbx_resolve(const char *cwd, const char *path, struct sbx_resolved *resolved)
{
	if (!*path) {
		errno = ENOENT;
		return -1;
	}
	if (resolve_plain(path, resolved))
		return 0;
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (walk_path(cwd, path, resolved) < 0)
			return -1;
		if (!resolved->exists || look_at_canonical(resolved) == 0)
			return 0;
		sbx_resolve_forget();
		if (errno != ELOOP && errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	return -1;
}

/* Of what is open as a place: where openat2(2) can't be had, and where a lease has to be waited for, which only a
 * regular file has. */
static int open_again(const char *path)
{
	cleanup_fd int seen = sbx_mounts_open_plain(path);
	struct stat st;

	if (seen < 0 || fstat(seen, &st) < 0)
		return -1;
	return open(sbx_format("/proc/self/fd/%d", seen),
		    O_RDONLY | O_NOCTTY | O_CLOEXEC | (S_ISREG(st.st_mode) ? 0 : O_NONBLOCK));
}

/* *st is the file's then: -1 with ESTALE when it isn't the one that it was. */
static int open_same(const char *path, struct stat *st)
{
	const struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				      .resolve = RESOLVE_NO_SYMLINKS };
	const struct stat was = *st;
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EWOULDBLOCK))
		fd = open_again(path);
	if (fd < 0 || (fstat(fd, st) == 0 && sbx_same_file(st, &was)))
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

int sbx_resolve_open(const struct sbx_resolved *resolved)
{
	struct stat st = resolved->st;

	return open_same(resolved->path, &st);
}

int sbx_resolve_seen(const char *path, const struct stat *seen, struct sbx_resolved *resolved)
{
	char *plain = S_ISREG(seen->st_mode) ? sbx_path_plain(path) : NULL;

	if (!plain)
		return -1;
	*resolved = (struct sbx_resolved){ .path = plain, .exists = true, .st = *seen };
	return open_same(plain, &resolved->st);
}
