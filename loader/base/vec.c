/* SPDX-License-Identifier: MIT */
/*
 * vec.c -- arrays that double, in memory of memory.c.
 */
#include "loader/base/vec.h"

#include <string.h>

#include "loader/base/memory.h"

/* Twice the room: where it is if nothing has been allocated since. */
static void grow_vec(struct sbx_vec *vec)
{
	const size_t room = vec->room ? vec->room * 2 : 8;
	char *items;

	if (!vec->room || !sbx_alloc_extend(vec->items, vec->room * vec->size, room * vec->size)) {
		items = sbx_alloc(room * vec->size);
		if (vec->count)
			memcpy(items, vec->items, vec->count * vec->size);
		vec->items = items;
	}
	vec->room = room;
}

void *sbx_vec_push(struct sbx_vec *vec, size_t size, const void *entry)
{
	char *place;

	vec->size = size;
	if (vec->count == vec->room)
		grow_vec(vec);
	place = vec->items + vec->count++ * size;
	if (entry)
		memcpy(place, entry, size);
	else
		memset(place, 0, size);
	return place;
}

char **sbx_vec_strings(struct sbx_vec *vec)
{
	char *end = NULL;

	sbx_vec_push(vec, sizeof(char *), &end);
	vec->count--;
	return (char **)(void *)vec->items;
}
