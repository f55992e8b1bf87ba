/* SPDX-License-Identifier: MIT */
/*
 * kept_list.c -- the list is locked with flock(2) and written anew in place; a directory on it is opened without
 * following a link and held against the device and inode that were kept. UNTRUSTED: the lines, and the paths in them.
 */
#include "conf/commands/kept_list.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/base/say.h"
#include "shim/paths.h"

#define LIST_MAX (1u << 20)
#define DIGITS 16

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

const char *sbx_kept_unescape(struct sbx_pool *pool, const char *text)
{
	char *plain = sbx_pool_alloc(pool, strlen(text) + 1), *to = plain;

	for (; *text; text++) {
		if (*text != '%') {
			*to++ = *text;
			continue;
		}
		if (digit(text[1]) < 0 || digit(text[2]) < 0 || !(digit(text[1]) | digit(text[2])))
			return NULL;
		*to++ = (char)(digit(text[1]) << 4 | digit(text[2]));
		text += 2;
	}
	return *plain ? plain : NULL;
}

static bool is_kept_name(const char *name)
{
	const size_t prefix = strlen(SBX_KEPT_PREFIX);

	return strncmp(name, SBX_KEPT_PREFIX, prefix) == 0 && strlen(name + prefix) == DIGITS &&
	       strspn(name + prefix, "0123456789abcdef") == DIGITS;
}

static bool parse(struct sbx_pool *pool, const char *line, struct sbx_kept *kept)
{
	long long when;
	unsigned long long dev, ino;
	char path[3 * 4096 + 1], command[3 * 256 + 1], more;

	if (sscanf(line, "%lld %llu %llu %12288s %768s%c", &when, &dev, &ino, path, command, &more) != 5)
		return false;
	*kept = (struct sbx_kept){ .line = line,
				   .path = sbx_kept_unescape(pool, path),
				   .command = sbx_kept_unescape(pool, command),
				   .when = (time_t)when,
				   .dev = (dev_t)dev,
				   .ino = (ino_t)ino,
				   .fd = -1,
				   .parent = -1 };
	kept->name = kept->path ? strrchr(kept->path, '/') : NULL;
	if (!kept->name || kept->path[0] != '/' || !kept->command || !is_kept_name(kept->name + 1))
		return false;
	kept->name++;
	return true;
}

static bool is_it(const struct sbx_kept *kept, const struct stat *st)
{
	return S_ISDIR(st->st_mode) && st->st_dev == kept->dev && st->st_ino == kept->ino && st->st_uid == geteuid();
}

/* Has a link come to stand on the way, or a directory been moved? Then the path leads where nothing was to go. */
static bool is_elsewhere(const struct sbx_kept *kept)
{
	const size_t len = kept->name - 1 > kept->path ? (size_t)(kept->name - 1 - kept->path) : 1;
	char by_fd[40], real[4096];
	ssize_t got;

	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", kept->parent);
	got = readlink(by_fd, real, sizeof(real));
	return got != (ssize_t)len || memcmp(real, kept->path, len) != 0;
}

/* Its parent is where it lies, whatever the path leads through. */
static void open_dir(struct sbx_kept *kept)
{
	struct stat st;

	kept->fd = open(kept->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (kept->fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
		kept->wrong = "it is gone";
		kept->done = true;
	} else if (kept->fd < 0) {
		kept->wrong = strerror(errno);
	} else if (fstat(kept->fd, &st) < 0 || !is_it(kept, &st)) {
		kept->wrong = "something else has that name by now: it is left alone";
		kept->done = true;
	} else {
		kept->parent = openat(kept->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (kept->parent < 0 || fstatat(kept->parent, kept->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !is_it(kept, &st))
			kept->wrong = "the directory it lies in can't be opened";
		else if (is_elsewhere(kept))
			kept->wrong = "its path leads through a link by now: it is left alone";
	}
}

static int fail(const char *path, const char *what)
{
	sbx_say(stderr, "sbx-policy: kept: %s: %s", path, what);
	return -1;
}

int sbx_kept_open(struct sbx_kept_list *list, struct sbx_pool *pool, const char *path)
{
	char *text, *line;
	struct stat st;
	ssize_t got;

	*list = (struct sbx_kept_list){ .pool = pool, .path = path };
	list->fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (list->fd < 0)
		return errno == ENOENT ? 0 : fail(path, strerror(errno));
	if (flock(list->fd, LOCK_EX) < 0 || fstat(list->fd, &st) < 0)
		return fail(path, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022))
		return fail(path, "is not a file of yours that others can't write");
	text = sbx_pool_alloc(pool, LIST_MAX + 1);
	got = pread(list->fd, text, LIST_MAX, 0);
	if (got < 0)
		return fail(path, strerror(errno));
	for (size_t i = 0; i < (size_t)got; i++) /* no line ends early */
		text[i] = text[i] ? text[i] : '?';
	while ((line = strsep(&text, "\n"))) {
		struct sbx_kept kept;

		if (!*line)
			continue;
		if (!parse(pool, line, &kept)) {
			list->damaged++;
			sbx_say(stderr, "sbx-policy: kept: %s: a line is damaged, and passed over: %.60s", path, line);
			continue;
		}
		open_dir(&kept);
		*SBX_APPEND(pool, list) = kept;
	}
	return 0;
}

int sbx_kept_close(struct sbx_kept_list *list)
{
	const char *text = "";
	bool changed = false, failed = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_kept *kept = &list->items[i];

		changed |= kept->done;
		if (!kept->done)
			text = sbx_pool_printf(list->pool, "%s%s\n", text, kept->line);
		if (kept->fd >= 0)
			close(kept->fd);
		if (kept->parent >= 0)
			close(kept->parent);
	}
	if (list->fd < 0)
		return 0;
	if (changed || list->damaged)
		failed = ftruncate(list->fd, 0) < 0 || pwrite(list->fd, text, strlen(text), 0) != (ssize_t)strlen(text);
	close(list->fd);
	return failed ? fail(list->path, "can't be written") : 0;
}
