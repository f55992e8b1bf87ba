/* SPDX-License-Identifier: MIT */
/*
 * blob_emit.h -- bytes of a blob: spans, strings, head.
 */
#ifndef SBX_CONF_COMPILE_BLOB_EMIT_H
#define SBX_CONF_COMPILE_BLOB_EMIT_H

#include "conf/base/pool.h"
#include "shim/blob.h"

struct sbx_bytes {
	struct sbx_pool *pool;
	unsigned char *bytes; /* 8-aligned */
	size_t len, room;
};

/* `len` bytes at the next multiple of 8, zeroes when `data` is NULL. Returns where they are. */
struct sbx_span sbx_bytes_put(struct sbx_bytes *out, const void *data, size_t len);

/* A table of strings that begins with the empty one; equal strings share an offset. */
struct sbx_strings {
	struct sbx_bytes bytes;
};
uint32_t sbx_strings_put(struct sbx_strings *strings, const char *text);

/* A struct sbx_layer blob. */
struct sbx_layer_draft;
void sbx_emit_layer(struct sbx_pool *pool, const struct sbx_layer_draft *draft, struct sbx_bytes *out);

/* Size, arch and checksum into the head at the start of `out`, whose length becomes a multiple of 8. */
void sbx_emit_seal(struct sbx_bytes *out, uint32_t magic);

#endif
