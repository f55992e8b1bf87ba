/* SPDX-License-Identifier: MIT */
/*
 * path_index.h -- entries by their paths: what is at a path, or nearest above it, however many there are.
 */
#ifndef SBX_LOADER_BASE_PATH_INDEX_H
#define SBX_LOADER_BASE_PATH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/base/vec.h"

/* All zero it is empty. Values are the caller's numbers; the paths are not copied. */
struct sbx_path_index {
	struct sbx_vec entries; /* struct entry of path_index.c */
	uint32_t *buckets;      /* number of the first entry, from 1 on */
	size_t room;            /* of buckets: a power of two */
	size_t known;           /* the caller's: how many of his things are in it */
};

#define SBX_PATH_INDEX_NONE SIZE_MAX

void sbx_path_index_add(struct sbx_path_index *index, const char *path, size_t len, size_t value);
void sbx_path_index_clear(struct sbx_path_index *index);

/* Does the entry count? It may also note in `context` what it has seen: it is asked about one after the other. */
typedef bool sbx_path_index_fits(void *context, size_t value);

/* Of what is at exactly that path and fits (NULL: all do), the one with the largest value; or SBX_PATH_INDEX_NONE.
 */
size_t sbx_path_index_at(const struct sbx_path_index *index, const char *path, size_t len, sbx_path_index_fits *fits,
			 void *context);

/*
 * Of what is at the canonical `path` or above it, the deepest that fits (NULL: all do), and of several at one place
 * the one with the largest value; or SBX_PATH_INDEX_NONE.
 */
size_t sbx_path_index_above(const struct sbx_path_index *index, const char *path, size_t len, sbx_path_index_fits *fits,
			    void *context);

#endif
