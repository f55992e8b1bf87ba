/* SPDX-License-Identifier: MIT */
/*
 * hash_set.h -- items of one size, each once, numbered as they come.
 */
#ifndef SBX_CONF_BASE_HASH_SET_H
#define SBX_CONF_BASE_HASH_SET_H

#include <stdint.h>

#include "conf/base/pool.h"

#define SBX_HASH_SET_MAX 65534u
#define SBX_HASH_SET_FULL UINT32_MAX

struct sbx_hash_set {
	void *items;
	size_t size, key;
	uint32_t count, max;
	uint16_t *slots; /* by hash, a power of two of them: 1 more than the item's number, 0 where there is none */
	uint32_t mask;
};

/* Room for `max` items, SBX_HASH_SET_MAX or fewer, of `size` bytes, that are equal where the first `key` bytes are:
 * whole words of 32 bits. */
struct sbx_hash_set sbx_hash_set_make(struct sbx_pool *pool, size_t size, size_t key, size_t max);

/* The number of the item that equals *item, a copy of it where there was none; or SBX_HASH_SET_FULL. */
uint32_t sbx_hash_set_put(struct sbx_hash_set *set, const void *item);

#endif
