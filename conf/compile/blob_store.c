/* SPDX-License-Identifier: MIT */
/*
 * blob_store.c -- cache entries are written beside their name and renamed, so that no reader sees half of one.
 */
#include "conf/compile/blob_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "shim/lookup.h"

int sbx_store_write(int fd, const struct sbx_bytes *blob)
{
	size_t done = 0;

	while (done < blob->len) {
		ssize_t put = write(fd, blob->bytes + done, blob->len - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}

int sbx_store_file(struct sbx_pool *pool, const char *path, mode_t mode, bool lasting, const struct sbx_bytes *blob)
{
	char *beside = sbx_pool_printf(pool, "%s.XXXXXX", path);
	SBX_CLEANUP_FD int fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */

	if (fd < 0)
		return -1;
	if (sbx_store_write(fd, blob) < 0 || fchmod(fd, mode) < 0 || (lasting && fsync(fd) < 0) ||
	    rename(beside, path) < 0) {
		int errnum = errno;

		unlink(beside);
		errno = errnum;
		return -1;
	}
	return 0;
}

int sbx_store_output(struct sbx_pool *pool, const char *path, mode_t mode, const struct sbx_bytes *blob)
{
	SBX_CLEANUP_FD int fd = -1;
	struct stat st;

	if (stat(path, &st) < 0 ? sbx_lookup_absent(errno) : S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return sbx_store_file(pool, path, mode, true, blob);
	fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -1 : sbx_store_write(fd, blob);
}

struct entry {
	const char *name;
	struct timespec age;
};
struct entries {
	struct entry *items;
	size_t count;
};

static int newest_first(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->age.tv_sec != right->age.tv_sec)
		return left->age.tv_sec < right->age.tv_sec ? 1 : -1;
	return left->age.tv_nsec < right->age.tv_nsec ? 1 : left->age.tv_nsec > right->age.tv_nsec ? -1 : 0;
}

/* Other people's files stay, whatever directory --cache named. */
static bool is_policy(int dir, const char *name)
{
	SBX_CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint32_t magic = 0;

	return fd >= 0 && read(fd, &magic, sizeof(magic)) == (ssize_t)sizeof(magic) && magic == SBX_MAGIC_POLICY;
}

/* The regular files, with their ages; `names` are all there are. */
static struct entries with_ages(struct sbx_pool *pool, int dir, const struct entries *names)
{
	struct entries files = { NULL, 0 };

	for (size_t i = 0; i < names->count; i++) {
		struct stat st;

		if (fstatat(dir, names->items[i].name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			*SBX_APPEND(pool, &files) = (struct entry){ names->items[i].name, st.st_mtim };
	}
	return files;
}

void sbx_store_prune(struct sbx_pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');
	DIR *dir = opendir(slash ? sbx_pool_dup(pool, path, (size_t)(slash - path) + 1) : ".");
	struct entries entries = { NULL, 0 };
	const struct dirent *found;

	if (!dir)
		return;
	while ((found = readdir(dir)))
		SBX_APPEND(pool, &entries)->name = sbx_pool_dup(pool, found->d_name, strlen(found->d_name));
	if (entries.count > SBX_STORE_ENTRIES_MAX) { /* else nothing is looked at */
		entries = with_ages(pool, dirfd(dir), &entries);
		qsort(entries.items, entries.count, sizeof(*entries.items), newest_first);
	}
	for (size_t i = SBX_STORE_ENTRIES_MAX; i < entries.count; i++)
		if (is_policy(dirfd(dir), entries.items[i].name))
			unlinkat(dirfd(dir), entries.items[i].name, 0);
	closedir(dir);
}
