/* SPDX-License-Identifier: MIT */
/*
 * skeleton.h -- nodes of the private root, made by path below the working directory, which is the new root, with the
 * directories that lead to them, with the modes that these have outside. Only in a place that holds nothing but our
 * own: a component that is a symlink would be followed.
 *
 * `dst` is absolute inside; the umask, 022, holds for modes: none lets others write. What is there already stays
 * (mkdir(2), mknod(2) with EEXIST), but for a symlink. All return 0, or -1 with errno set.
 */
#ifndef SBX_LOADER_ROOT_SKELETON_H
#define SBX_LOADER_ROOT_SKELETON_H

#include <stddef.h>
#include <sys/types.h>

/* `dst` relative to the new root: part of it, not a copy. */
const char *sbx_skeleton_relative(const char *dst);

int sbx_skeleton_dir(const char *dst, mode_t mode);

/* With `len` bytes in it; empty when that is 0. */
int sbx_skeleton_file(const char *dst, mode_t mode, const void *bytes, size_t len);

int sbx_skeleton_fifo(const char *dst, mode_t mode);
int sbx_skeleton_symlink(const char *dst, const char *text);

#endif
