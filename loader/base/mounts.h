/* SPDX-License-Identifier: MIT */
/*
 * mounts.h -- the mount calls that private_root.c is written in: open_tree(2), move_mount(2), mount_setattr(2),
 * fsopen(2).
 *
 * Each returns 0 or a descriptor (close-on-exec, the caller's to close), or -1 with errno set.
 */
#ifndef SBX_LOADER_BASE_MOUNTS_H
#define SBX_LOADER_BASE_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

/* mount_setattr(2), as <linux/mount.h> has it, which clashes with musl's <sys/mount.h>. */
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x1
#define MOUNT_ATTR_NOSUID 0x2
#define MOUNT_ATTR_NODEV 0x4
#define MOUNT_ATTR_NOEXEC 0x8
#endif
#define SBX_MOUNTS_LOCKED (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* An existing host path as an O_PATH descriptor, reached through no symlink (ELOOP). */
int sbx_mounts_open_plain(const char *path);

/* A detached, recursive copy of what is at `path`; a symlink as last component is not followed. */
int sbx_mounts_clone(const char *path);

/* The same of what an O_PATH descriptor of this mount namespace refers to. */
int sbx_mounts_clone_fd(int fd);

/* Add MOUNT_ATTR_* to the mount at `path` below `fd` ("": fd itself), and to all below it; propagation becomes private.
 */
int sbx_mounts_restrict(int fd, const char *path, uint32_t attr, bool recursive);

/* Attach a detached tree at `path` below `point` ("": point itself). */
int sbx_mounts_move(int tree, int point, const char *path);

/* An existing place below `root` as an O_PATH descriptor, reached through no symlink. */
int sbx_mounts_open_point(int root, const char *path);

/* A fresh tmpfs, attached over "/" (where it hides nothing from open roots and directories), as a descriptor. */
int sbx_mounts_new_root(uint64_t size, uint64_t inodes);

/* A fresh file system over an existing directory, reached through no symlink. `type` and `data` as for mount(2). */
int sbx_mounts_fresh_over(int root, const char *path, const char *type, uint32_t attr, const char *data);

/* MOUNT_ATTR_* as the MS_* flags of mount(2). */
unsigned long sbx_mounts_classic_flags(uint32_t attr);

#endif
