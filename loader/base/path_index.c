/* SPDX-License-Identifier: MIT */
/*
 * path_index.c -- a hash table with chains, FNV-1a; a path is looked up together with all that is above it in one go.
 */
#include "loader/base/path_index.h"

#include <string.h>
#include <sys/auxv.h>

#include "loader/base/memory.h"

#define FIRST_ROOM 128
#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

struct entry {
	const char *path;
	size_t len, value;
	uint32_t hash;
	uint32_t next; /* in the chain, by falling values; from 1 on */
};

/* Names are other people's: which of them meet in one chain isn't theirs to choose. */
static uint32_t basis(void)
{
	const uint32_t *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);

	return random ? FNV_BASIS ^ *random : FNV_BASIS;
}

static struct entry *entry_at(const struct sbx_path_index *index, uint32_t number)
{
	return sbx_vec_at(&index->entries, number - 1);
}

static uint32_t hash_more(uint32_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * FNV_PRIME;
	return hash;
}

static void link_entry(struct sbx_path_index *index, uint32_t number)
{
	struct entry *entry = entry_at(index, number);
	uint32_t *at = &index->buckets[entry->hash & (index->room - 1)];

	while (*at && entry_at(index, *at)->value > entry->value)
		at = &entry_at(index, *at)->next;
	entry->next = *at;
	*at = number;
}

static void grow_buckets(struct sbx_path_index *index)
{
	index->room = index->room ? index->room * 2 : FIRST_ROOM;
	index->buckets = sbx_alloc(index->room * sizeof(*index->buckets));
	for (uint32_t number = 1; number <= index->entries.count; number++)
		link_entry(index, number);
}

void sbx_path_index_add(struct sbx_path_index *index, const char *path, size_t len, size_t value)
{
	const struct entry entry = { path, len, value, hash_more(basis(), path, len), 0 };

	sbx_vec_push(&index->entries, sizeof(entry), &entry);
	if (index->entries.count > index->room)
		grow_buckets(index);
	else
		link_entry(index, (uint32_t)index->entries.count);
}

void sbx_path_index_clear(struct sbx_path_index *index)
{
	index->entries.count = index->known = 0;
	if (index->room)
		memset(index->buckets, 0, index->room * sizeof(*index->buckets));
}

static size_t find_at(const struct sbx_path_index *index, uint32_t hash, const char *path, size_t len,
		      sbx_path_index_fits *fits, void *context)
{
	uint32_t number = index->room ? index->buckets[hash & (index->room - 1)] : 0;

	for (; number; number = entry_at(index, number)->next) {
		const struct entry *entry = entry_at(index, number);

		if (entry->hash == hash && entry->len == len && memcmp(entry->path, path, len) == 0 &&
		    (!fits || fits(context, entry->value)))
			return entry->value;
	}
	return SBX_PATH_INDEX_NONE;
}

size_t sbx_path_index_at(const struct sbx_path_index *index, const char *path, size_t len, sbx_path_index_fits *fits,
			 void *context)
{
	return find_at(index, hash_more(basis(), path, len), path, len, fits, context);
}

size_t sbx_path_index_above(const struct sbx_path_index *index, const char *path, size_t len, sbx_path_index_fits *fits,
			    void *context)
{
	size_t best = SBX_PATH_INDEX_NONE, found, done = 0;
	uint32_t hash = basis();

	if (len && path[0] == '/')
		best = find_at(index, hash_more(basis(), "/", 1), "/", 1, fits, context);
	for (size_t at = 1; at <= len && len > 1; at++) {
		if (at < len && path[at] != '/')
			continue;
		hash = hash_more(hash, path + done, at - done);
		done = at;
		found = find_at(index, hash, path, at, fits, context);
		best = found != SBX_PATH_INDEX_NONE ? found : best;
	}
	return best;
}
