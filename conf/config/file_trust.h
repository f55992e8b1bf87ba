/* SPDX-License-Identifier: MIT */
/*
 * file_trust.h -- may a file decide the policy? Only if nobody but root and the caller can write or replace it.
 */
#ifndef SBX_CONF_CONFIG_FILE_TRUST_H
#define SBX_CONF_CONFIG_FILE_TRUST_H

#include <stdbool.h>
#include <sys/types.h>

#include "conf/base/pool.h"

/*
 * What is wrong with trusting the regular file `path`, opened as `fd`, with all that must be mended: text in the pool;
 * NULL when nothing is wrong.
 */
const char *sbx_trust_file(struct sbx_pool *pool, const char *path, int fd);

/* The same for the names in the directory `path`, whose realpath(3) is `real`. */
const char *sbx_trust_dir(struct sbx_pool *pool, const char *path, const char *real);

/* Does a group add nobody to root and the caller? It is one's own, or has no member and is no user's primary one. */
bool sbx_trust_group(gid_t gid);

#endif
