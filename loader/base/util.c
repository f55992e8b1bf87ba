/*
 * util.c -- memory, growing arrays, paths: what the loader's other files share.
 */
#include "loader/base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "shim/steps.h"

_Noreturn static void no_memory(void)
{
	static const char text[] = "sbx-wrap: memory: cannot allocate\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(SBX_EXIT_FAILED);
}

#define CHUNK (256u << 10)
#define ROUND16(n) (((n) + 15) / 16 * 16)

/* A run plans in a few kilobytes: they come with the program, and only a long command line needs more. */
static _Alignas(16) char first_chunk[56u << 10];
static char *chunk = first_chunk;
static size_t left = sizeof(first_chunk);

static void more(size_t size)
{
	const size_t wanted = size > CHUNK ? size : CHUNK;
	void *fresh = mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fresh == MAP_FAILED)
		no_memory();
	chunk = fresh;
	left = wanted;
}

void *sbx_alloc(size_t size)
{
	void *p;

	if (size > SIZE_MAX / 2)
		no_memory();
	size = ROUND16(size);
	if (size > left)
		more(size);
	p = chunk;
	chunk += size;
	left -= size;
	return p;
}

char *sbx_strndup(const char *s, size_t len)
{
	return memcpy(sbx_alloc(len + 1), s, len);
}

char *sbx_strdup(const char *s)
{
	return sbx_strndup(s, strlen(s));
}

/* Written where it will be, and once more only if it was longer than what was left there. */
char *sbx_format(const char *format, ...)
{
	const char *written = chunk;
	va_list args, again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(chunk, left, format, args);
	if (len < 0)
		no_memory();
	text = sbx_alloc((size_t)len + 1);
	if (text != written)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

char *sbx_join_parts(const char *const parts[])
{
	size_t len = 0;
	char *text, *end;

	for (size_t i = 0; parts[i]; i++)
		len += strlen(parts[i]);
	text = end = sbx_alloc(len + 1);
	for (size_t i = 0; parts[i]; i++)
		end = stpcpy(end, parts[i]);
	return text;
}

char *sbx_hex(uint64_t number)
{
	char *text = sbx_alloc(17);

	for (int i = 16; i > 0; number >>= 4)
		text[--i] = "0123456789abcdef"[number & 15];
	text[16] = 0;
	return text;
}

/* Where the kernel writes a path: behind what is allocated, which is the memory that keep() makes of it. */
static char *room_for_path(void)
{
	if (left < PATH_MAX)
		more(PATH_MAX);
	return chunk;
}

static char *keep(char *text, size_t len)
{
	text[len] = 0;
	return sbx_alloc(len + 1);
}

char *sbx_readlink(const char *path)
{
	char *text = room_for_path();
	const ssize_t len = readlink(path, text, PATH_MAX - 1);

	return len < 0 ? NULL : keep(text, (size_t)len);
}

char *sbx_getcwd(void)
{
	char *text = room_for_path();
	const long len = syscall(SYS_getcwd, text, PATH_MAX); /* with the NUL */

	if (len > 0 && text[0] != '/') {
		memset(text, 0, (size_t)len);
		errno = ENOENT;
		return NULL;
	}
	return len < 0 ? NULL : keep(text, (size_t)len - 1);
}

/* Twice the room: where it is if nothing has been allocated since. */
static void grow(struct sbx_vec *vec)
{
	const size_t room = vec->room ? vec->room * 2 : 8, had = ROUND16(vec->room * vec->size),
		     more = ROUND16(room * vec->size) - had;
	char *items;

	if (vec->room && vec->items + had == chunk && more <= left) {
		chunk += more;
		left -= more;
	} else {
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
		grow(vec);
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

bool sbx_path_is_plain(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *at = path; *at && path[1];) {
		const char *part = ++at;

		while (*at && *at != '/')
			at++;
		if (at == part || (part[0] == '.' && (at == part + 1 || (part[1] == '.' && at == part + 2))))
			return false;
	}
	return true;
}

char *sbx_path_plain(const char *path)
{
	char *plain, *end;

	if (path[0] != '/')
		return NULL;
	plain = end = sbx_alloc(strlen(path) + 1);
	*end++ = '/';
	while (*path) {
		const char *part = end;

		while (*path == '/')
			path++;
		while (*path && *path != '/')
			*end++ = *path++;
		if (end == part + 2 && part[0] == '.' && part[1] == '.')
			return NULL;
		if (end == part + 1 && part[0] == '.')
			end--;
		if (end != part)
			*end++ = '/';
	}
	end[end > plain + 1 ? -1 : 0] = 0;
	return plain;
}

const struct sbx_entry *sbx_entries_next(struct sbx_entries *entries)
{
	const struct sbx_entry *entry;
	long got;

	if (entries->at == entries->len) {
		got = syscall(SYS_getdents64, entries->fd, entries->bytes, sizeof(entries->bytes));
		if (got <= 0)
			return NULL;
		entries->len = (size_t)got;
		entries->at = 0;
	}
	entry = (const struct sbx_entry *)(void *)(entries->bytes + entries->at);
	entries->at += entry->size;
	return entry;
}

char *sbx_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return sbx_strdup(".");
	return slash == path ? sbx_strdup("/") : sbx_strndup(path, (size_t)(slash - path));
}

ssize_t sbx_read_text(int dir, const char *path, char *text, size_t size)
{
	cleanup_fd int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	const ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	text[len > 0 ? len : 0] = 0;
	return len;
}
