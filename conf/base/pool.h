/* SPDX-License-Identifier: MIT */
/*
 * pool.h -- memory that lives as long as one run of sbx-policy: everything parsed and compiled hangs on one pool.
 */
#ifndef SBX_CONF_BASE_POOL_H
#define SBX_CONF_BASE_POOL_H

#include <stdarg.h>
#include <stddef.h>

struct sbx_chunk;
struct sbx_pool {
	struct sbx_chunk *chunks;
};

/* All of these return memory owned by the pool and never NULL: a process without memory ends with a message. */
void *sbx_pool_alloc(struct sbx_pool *pool, size_t size); /* zeroed */
char *sbx_pool_dup(struct sbx_pool *pool, const char *bytes, size_t len);
char *sbx_pool_vprintf(struct sbx_pool *pool, const char *format, va_list args);
char *sbx_pool_printf(struct sbx_pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for one more entry of `size` bytes behind `count` of them; the new entry is zeroed. */
void *sbx_pool_grow(struct sbx_pool *pool, void *array, size_t count, size_t size);

void sbx_pool_free(struct sbx_pool *pool);

/* A pointer to a new zeroed entry at the end of `list`, a struct with members items and count. */
#define SBX_APPEND(pool, list)                                                                        \
	((list)->items = sbx_pool_grow((pool), (list)->items, (list)->count, sizeof(*(list)->items)), \
	 &(list)->items[(list)->count++])

#define SBX_CLEANUP_POOL __attribute__((cleanup(sbx_pool_free)))

#endif
