/* SPDX-License-Identifier: MIT */
/*
 * hash_set.c -- a hash table with open addressing; what is in it stays where it is.
 */
#include "conf/base/hash_set.h"

#include <string.h>

struct sbx_hash_set sbx_hash_set_make(struct sbx_pool *pool, size_t size, size_t key, size_t max)
{
	struct sbx_hash_set set = { .size = size, .key = key, .max = (uint32_t)max, .mask = 63 };

	while (set.mask < 2 * set.max)
		set.mask = 2 * set.mask + 1;
	set.items = sbx_pool_alloc(pool, max * size);
	set.slots = sbx_pool_alloc(pool, (set.mask + 1) * sizeof(*set.slots));
	return set;
}

static uint32_t hash_words(const char *bytes, size_t len)
{
	uint32_t h = 2166136261u, word;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		h = (h ^ word) * 16777619u;
		h ^= h >> 15;
	}
	return h;
}

uint32_t sbx_hash_set_put(struct sbx_hash_set *set, const void *item)
{
	char *items = set->items;
	uint32_t slot = hash_words(item, set->key) & set->mask;

	for (; set->slots[slot]; slot = (slot + 1) & set->mask)
		if (!memcmp(items + (set->slots[slot] - 1u) * set->size, item, set->key))
			return set->slots[slot] - 1u;
	if (set->count == set->max)
		return SBX_HASH_SET_FULL;
	memcpy(items + set->count * set->size, item, set->size);
	set->slots[slot] = (uint16_t)++set->count;
	return set->count - 1;
}
