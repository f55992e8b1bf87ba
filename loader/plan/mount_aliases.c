/* SPDX-License-Identifier: MIT */
/*
 * mount_aliases.c -- /proc/self/mountinfo, proc(5): each mount shows a directory `root` of the file system `dev` at the
 * path `point`. Two paths are the same where these come to the same directory of the same file system; nothing has to
 * be there for that, and nothing is opened. UNTRUSTED: mount points, which users of FUSE choose.
 */
#include "loader/plan/mount_aliases.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"

#define FIRST_READ (8u << 10)
#define FIELDS 5 /* id, parent, dev, root, point */

struct mount {
	const char *id, *parent, *dev, *root, *point;
	size_t root_len, point_len;
	bool first; /* what it is mounted on isn't listed: the root; in a chroot(2) there may be several, and no root */
};

static struct sbx_vec mounts;
static bool loaded;

/* A NUL behind it; NULL with errno set. */
static char *read_whole(const char *path)
{
	cleanup_fd int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	size_t size = FIRST_READ, len = 0;
	char *text = fd < 0 ? NULL : sbx_alloc(size);
	ssize_t got;

	while (text && (got = read(fd, text + len, size - len - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NULL;
		len += (size_t)got;
		if (len == size - 1) {
			char *more = sbx_alloc(size *= 2);

			memcpy(more, text, len);
			text = more;
		}
	}
	return text;
}

/* \040 and its like: the kernel writes blanks and backslashes so. */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' && text[2] <= '7' &&
		    text[3] >= '0' && text[3] <= '7') {
			*to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = 0;
}

static void add_mount(char *line)
{
	char *field[FIELDS];
	struct mount mount;

	for (size_t i = 0; i < FIELDS; i++) {
		field[i] = line;
		line = strchr(line, ' ');
		if (!line)
			return;
		*line++ = 0;
	}
	unescape(field[3]);
	unescape(field[4]);
	if (field[3][0] != '/' || !sbx_path_is_plain(field[4]))
		return; /* no directory, or one outside of our root */
	mount = (struct mount){ field[0], field[1],         field[2],         field[3],
				field[4], strlen(field[3]), strlen(field[4]), false };
	sbx_vec_push(&mounts, sizeof(mount), &mount);
}

/* The kernel lists the root first. */
static void find_first(void)
{
	struct mount *mount = (void *)mounts.items;

	if (mounts.count && !mount->point[1]) {
		mount->first = true;
		return;
	}
	for (size_t i = 0; i < mounts.count; i++) {
		mount[i].first = true;
		for (size_t j = 0; j < mounts.count && mount[i].first; j++)
			mount[i].first = strcmp(mount[i].parent, mount[j].id) != 0;
	}
}

int sbx_mount_aliases_load(void)
{
	char *text = loaded ? NULL : read_whole("/proc/self/mountinfo"), *next;

	if (!loaded && !text)
		return -1;
	for (; text && *text; text = next) {
		next = text + strcspn(text, "\n");
		if (*next)
			*next++ = 0;
		add_mount(text);
	}
	if (!loaded)
		find_first();
	loaded = true;
	return 0;
}

/* The first mount that whoever walks along `path` comes to from `on`; NULL: there is none. */
static const struct mount *next_mount(const struct mount *on, const char *path, size_t len)
{
	const struct mount *next = NULL, *mount = (const void *)mounts.items;

	for (size_t i = 0; i < mounts.count; i++)
		if ((!next || mount[i].point_len < next->point_len) &&
		    sbx_path_within_len(path, len, mount[i].point, mount[i].point_len) &&
		    (on ? &mount[i] != on && strcmp(mount[i].parent, on->id) == 0 : mount[i].first))
			next = &mount[i];
	return next;
}

/* The mount that shows `path`. One may be hidden by another that was made later above it. */
static const struct mount *mount_of(const char *path, size_t len)
{
	const struct mount *mount = NULL, *next;

	for (size_t i = 0; i <= mounts.count && (next = next_mount(mount, path, len)); i++)
		mount = next;
	return mount;
}

/* `path`, which is `from` or below it, with `to` in its place. */
static char *rebase(const char *path, size_t from_len, const char *to)
{
	const char *rest = path + (from_len > 1 ? from_len : 0);

	if (!*rest || !rest[strspn(rest, "/")])
		return sbx_strdup(to);
	return to[1] ? sbx_join(to, rest) : sbx_strdup(rest);
}

static void add_alias(struct sbx_vec *aliases, const struct mount *mount, const char *path, const char *is)
{
	const struct sbx_mount_alias alias = { path, is };

	if (strcmp(path, is) != 0 && mount_of(path, strlen(path)) == mount)
		sbx_vec_push(aliases, sizeof(alias), &alias);
}

void sbx_mount_aliases_find(const char *path, struct sbx_vec *aliases)
{
	const struct mount *own = mount_of(path, strlen(path)), *mount = (const void *)mounts.items;
	const char *inner;
	size_t len;

	if (!own)
		return;
	inner = rebase(path, own->point_len, own->root);
	len = strlen(inner);
	for (size_t i = 0; i < mounts.count; i++) {
		if (strcmp(mount[i].dev, own->dev) != 0)
			continue;
		if (sbx_path_within_len(inner, len, mount[i].root, mount[i].root_len))
			add_alias(aliases, &mount[i], rebase(inner, mount[i].root_len, mount[i].point), path);
		else if (sbx_path_within_len(mount[i].root, mount[i].root_len, inner, len))
			add_alias(aliases, &mount[i], mount[i].point, rebase(mount[i].root, len, path));
	}
}

bool sbx_mount_aliases_point(const char *path)
{
	const struct mount *mount = (const void *)mounts.items;

	for (size_t i = 0; i < mounts.count; i++)
		if (strcmp(mount[i].point, path) == 0)
			return true;
	return false;
}
