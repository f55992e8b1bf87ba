/* SPDX-License-Identifier: MIT */
/*
 * walk.c -- one part of the path after the other; a symlink's text takes its part's place in front of the rest.
 */
#include "shim/walk.h"

#include <asm/errno.h>

#include "shim/sys.h"

#define LINKS_MAX 40 /* the kernel's own limit */

/* Append `len` bytes of `part` at done + `at`, with a NUL behind them. */
static long put(struct sbx_walk *walk, size_t at, const char *part, size_t len)
{
	if (len >= sizeof(walk->done) - at)
		return -ENAMETOOLONG;
	for (size_t i = 0; i < len; i++)
		walk->done[at + i] = part[i];
	walk->done[at + len] = 0;
	return 0;
}

/* Put `text` in front of the rest, which ends where the room does. */
static long push_front(struct sbx_walk *walk, const char *text, size_t len)
{
	size_t at = (size_t)(walk->rest - walk->room);

	if (len > at)
		return -ENAMETOOLONG;
	while (len > 0)
		walk->room[--at] = text[--len];
	walk->rest = walk->room + at;
	return 0;
}

static const char *skip_slashes(const char *text)
{
	while (*text == '/')
		text++;
	return text;
}

static size_t last_slash(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

/* The next part: into it, above it, or to where it leads. *links counts those. */
static long step(struct sbx_walk *walk, int *links, sbx_walk_read *read, void *data)
{
	const size_t had = sbx_strlen(walk->done);
	const char *part = skip_slashes(walk->rest);
	char text[SBX_WALK_MAX];
	size_t len = 0;
	long got;

	while (part[len] && part[len] != '/')
		len++;
	walk->rest = *skip_slashes(part + len) ? part + len : walk->room + sizeof(walk->room) - 1;
	if (len == 1 && part[0] == '.')
		return 0;
	if (len == 2 && part[0] == '.' && part[1] == '.') {
		walk->done[last_slash(walk->done, had)] = 0;
		return 0;
	}
	if (put(walk, had, "/", 1) < 0 || put(walk, had + 1, part, len) < 0)
		return -ENAMETOOLONG;
	got = read(data, walk->done, !*walk->rest, text);
	if (got <= 0)
		return got;
	if (++*links > LINKS_MAX)
		return -ELOOP;
	walk->done[text[0] == '/' ? 0 : had] = 0;
	return push_front(walk, text, (size_t)got);
}

long sbx_walk(struct sbx_walk *walk, const char *cwd, const char *path, sbx_walk_read *read, void *data)
{
	const bool below = path[0] != '/' && cwd[1]; /* "/" is the empty text */
	long ret = put(walk, 0, cwd, below ? sbx_strlen(cwd) : 0);
	int links = 0;

	walk->rest = walk->room + sizeof(walk->room) - 1;
	walk->room[sizeof(walk->room) - 1] = 0;
	if (ret == 0)
		ret = push_front(walk, path, sbx_strlen(path));
	while (ret == 0 && *skip_slashes(walk->rest))
		ret = step(walk, &links, read, data);
	return ret;
}
