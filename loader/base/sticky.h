/* SPDX-License-Identifier: MIT */
/*
 * sticky.h -- the rules of shim/sticky.h, asked of this host.
 */
#ifndef SBX_LOADER_BASE_STICKY_H
#define SBX_LOADER_BASE_STICKY_H

#include <stdbool.h>
#include <sys/stat.h>

/* Why what a path leads to is not granted. */
#define SBX_REASON_PLANTED "reached through somebody else's symlink in a shared directory (fs.protected_symlinks)"
#define SBX_REASON_FOREIGN "somebody else's file in a shared directory (fs.protected_regular)"

/* May the caller follow the symlink `at`, which a path ends in? `at` is absolute, its directory canonical. */
bool sbx_sticky_may_follow(const char *at);

/* May the caller open `path`, seen as `st`, with O_CREAT? A file that nobody could have planted may be. */
bool sbx_sticky_may_create(const char *path, const struct stat *st);

#endif
