/* SPDX-License-Identifier: MIT */
/*
 * skeleton.c -- mkdir(2), mknod(2), symlink(2) and open(2), each tried before the directories above are made.
 */
#include "loader/root/skeleton.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"

const char *sbx_skeleton_relative(const char *dst)
{
	return dst[1] ? dst + 1 : ".";
}

/* With its mode outside, where the process still has its root: rsync -R copies it. Here the caller fills it. */
static int make_parent(const char *path)
{
	struct stat st;

	if (mkdir(path + 1, 0755) < 0)
		return errno == EEXIST ? 0 : -1;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode) || (st.st_mode & 0055) == 0055)
		return 0;
	return chmod(path + 1, (st.st_mode & 0755) | 0700);
}

static int make_parents(const char *dst)
{
	const size_t size = strlen(dst) + 1;
	char room[256], *path = memcpy(size <= sizeof(room) ? room : sbx_alloc(size), dst,
				       size); /* memory of the loader's would be copied */
	int ret = 0;

	for (char *slash = strchr(path + 1, '/'); slash && ret == 0; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		ret = make_parent(path);
		*slash = '/';
	}
	return ret;
}

struct node {
	mode_t mode;      /* with its type */
	const char *text; /* of a symlink */
	const void *bytes;
	size_t len;
};

static int write_file(const char *path, const struct node *node)
{
	cleanup_fd int fd = openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, node->mode & 07777);

	return fd >= 0 && write(fd, node->bytes, node->len) == (ssize_t)node->len ? 0 : -1;
}

static int make_node_once(const char *path, const struct node *node)
{
	if (node->text)
		return symlink(node->text, path);
	if (node->len)
		return write_file(path, node);
	if ((S_ISDIR(node->mode) ? mkdir(path, node->mode & 07777) : mknod(path, node->mode, 0)) < 0 && errno != EEXIST)
		return -1;
	return 0;
}

static int make_node(const char *dst, const struct node *node)
{
	const char *path = sbx_skeleton_relative(dst);

	if (make_node_once(path, node) == 0)
		return 0;
	return errno != ENOENT || make_parents(dst) < 0 ? -1 : make_node_once(path, node);
}

int sbx_skeleton_dir(const char *dst, mode_t mode)
{
	return make_node(dst, &(struct node){ .mode = S_IFDIR | mode });
}

int sbx_skeleton_file(const char *dst, mode_t mode, const void *bytes, size_t len)
{
	return make_node(dst, &(struct node){ .mode = S_IFREG | mode, .bytes = bytes, .len = len });
}

int sbx_skeleton_fifo(const char *dst, mode_t mode)
{
	return make_node(dst, &(struct node){ .mode = S_IFIFO | mode });
}

int sbx_skeleton_symlink(const char *dst, const char *text)
{
	return make_node(dst, &(struct node){ .text = text });
}
