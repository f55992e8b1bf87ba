/* SPDX-License-Identifier: MIT */
/*
 * secrets.h -- the patterns of fs.secrets: names of files that no argument gets read. The compiler asks about the paths
 * that begin with a variable, the loader about all others.
 */
#ifndef SBX_SHIM_SECRETS_H
#define SBX_SHIM_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#define SBX_SECRETS_MAX 512       /* patterns of a policy */
#define SBX_SECRET_LENGTH_MAX 255 /* of a pattern, in bytes */

#define SBX_REASON_SECRET "a secret by its name (fs.secrets)"

/* A path that is held against the patterns one by one. */
struct sbx_secret_name {
	const char *path;
	size_t len;
	size_t bare; /* its length without the endings of copies: .bak, ~ */
	bool is_dir;
};

/* Of the absolute `path` without "." and ".."; it is kept, not copied. */
struct sbx_secret_name sbx_secret_name(const char *path, bool is_dir);

/*
 * What a pattern says of the name: 1 a secret, -1 none (the pattern begins with !), 0 nothing. The last of the patterns
 * that says something counts. sbx.conf(5) describes them.
 */
int sbx_secret_match(const char *pattern, const struct sbx_secret_name *name);

#endif
