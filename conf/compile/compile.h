/* SPDX-License-Identifier: MIT */
/*
 * compile.h -- from a policy to the blob that loader and shim obey. Everything is decided here.
 *
 * Used by: commands.
 * Touches: the host's files, looked at only; writes cache entries.
 * Includes: conf/base conf/bpf conf/config conf/seccomp shim
 */
#ifndef SBX_CONF_COMPILE_COMPILE_H
#define SBX_CONF_COMPILE_COMPILE_H

#include "conf/compile/blob_emit.h"
#include "conf/config/profile_match.h"

/* Where the policy will be applied. */
enum sbx_compile_for {
	SBX_FOR_RUN,    /* by the loader, on the host */
	SBX_FOR_NESTED, /* by the loader, in a sandbox of sbx: in place, tightening what the outer one has made */
	SBX_FOR_ALONE   /* by the shim without the loader */
};

struct sbx_compile {
	const struct sbx_config *config;
	const char *profile;
	struct sbx_alternatives alternatives; /* other profiles for certain arguments */
	unsigned int abi; /* Landlock's; a newer one than is known here is used as the newest known */
	const void *key;  /* the cache key, put into the blob as it is */
	size_t key_len;
	enum sbx_compile_for target;
};

/* Compile into `blob`, whose memory is the config's pool's. Returns 0, or -1 with errors added to config->errs. */
int sbx_compile_policy(const struct sbx_compile *args, struct sbx_bytes *blob);

/* The same as one layer for the shim alone (target is SBX_FOR_ALONE). */
int sbx_compile_layer(const struct sbx_compile *args, struct sbx_bytes *blob);

#endif
