/* SPDX-License-Identifier: MIT */
/*
 * vec.h -- growing arrays.
 */
#ifndef SBX_LOADER_BASE_VEC_H
#define SBX_LOADER_BASE_VEC_H

#include <stddef.h>

/* A growing array of entries of one size. Pointers into it hold until the next push. */
struct sbx_vec {
	char *items;
	size_t count, room, size;
};

/* Append a copy of `entry` (of `size` bytes, the same in every call), or zeroes for NULL; returns its place. */
void *sbx_vec_push(struct sbx_vec *vec, size_t size, const void *entry);

static inline void *sbx_vec_at(const struct sbx_vec *vec, size_t i)
{
	return vec->items + i * vec->size;
}

/* A NULL-terminated list of strings inside a vector of char *. */
char **sbx_vec_strings(struct sbx_vec *vec);

#endif
