/* SPDX-License-Identifier: MIT */
/*
 * pool.c -- one linked list of allocations, freed together.
 */
#include "conf/base/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sbx_chunk {
	struct sbx_chunk *next;
	alignas(max_align_t) char bytes[];
};

void *sbx_pool_alloc(struct sbx_pool *pool, size_t size)
{
	struct sbx_chunk *chunk = size < SIZE_MAX / 2 ? calloc(1, sizeof(*chunk) + size) : NULL;

	if (!chunk) {
		fprintf(stderr, "sbx-policy: out of memory\n");
		exit(1);
	}
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	return chunk->bytes;
}

char *sbx_pool_dup(struct sbx_pool *pool, const char *bytes, size_t len)
{
	char *copy = sbx_pool_alloc(pool, len + 1);

	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

char *sbx_pool_vprintf(struct sbx_pool *pool, const char *format, va_list args)
{
	va_list again;
	int len;
	char *text;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = sbx_pool_alloc(pool, len < 0 ? 1 : (size_t)len + 1);
	if (len > 0)
		vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *sbx_pool_printf(struct sbx_pool *pool, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = sbx_pool_vprintf(pool, format, args);
	va_end(args);
	return text;
}

void *sbx_pool_grow(struct sbx_pool *pool, void *array, size_t count, size_t size)
{
	void *bigger;

	/* Full at 0 and at every power of two from 8 on: then the room doubles. */
	if (count && (count < 8 || (count & (count - 1)))) {
		memset((char *)array + count * size, 0, size);
		return array;
	}
	bigger = sbx_pool_alloc(pool, (count ? 2 * count : 8) * size);
	if (count)
		memcpy(bigger, array, count * size);
	return bigger;
}

void sbx_pool_free(struct sbx_pool *pool)
{
	while (pool->chunks) {
		struct sbx_chunk *next = pool->chunks->next;

		free(pool->chunks);
		pool->chunks = next;
	}
}
