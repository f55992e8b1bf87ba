/* SPDX-License-Identifier: MIT */
/*
 * blob_store.h -- writing a compiled policy to where it is wanted.
 */
#ifndef SBX_CONF_COMPILE_BLOB_STORE_H
#define SBX_CONF_COMPILE_BLOB_STORE_H

#include <stdbool.h>
#include <sys/types.h>

#include "conf/compile/blob_emit.h"

#define SBX_STORE_ENTRIES_MAX 512u

/* All bytes to `fd`. Returns 0, or -1 with errno. */
int sbx_store_write(int fd, const struct sbx_bytes *blob);

/*
 * The file `path`, replaced at once or not at all: a temporary name beside it, synced where it is to be `lasting` (a
 * cache's entry is made anew where a power failure has damaged it), renamed. Returns 0, or -1 with errno and nothing
 * left behind.
 */
int sbx_store_file(struct sbx_pool *pool, const char *path, mode_t mode, bool lasting, const struct sbx_bytes *blob);

/*
 * What an option names: as a lasting file, or written into what stands there, where that is a device, a pipe or the
 * like, which must not be replaced (/dev/null would be, for the whole machine, by root). Returns 0, or -1 with errno.
 */
int sbx_store_output(struct sbx_pool *pool, const char *path, mode_t mode, const struct sbx_bytes *blob);

/*
 * Of more than SBX_STORE_ENTRIES_MAX files in the directory that `path` is in, remove those of the oldest that are
 * compiled policies.
 */
void sbx_store_prune(struct sbx_pool *pool, const char *path);

#endif
