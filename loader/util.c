/*
 * util.c -- memory, growing arrays, paths: what the loader's other files share.
 */
#include "loader/util.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shim/steps.h"

_Noreturn static void no_memory(void)
{
	static const char text[] = "sbx-wrap: memory: cannot allocate\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(SBX_EXIT_FAILED);
}

void *sbx_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		no_memory();
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

char *sbx_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		no_memory();
	va_end(args);
	return text;
}

void *sbx_vec_push(struct sbx_vec *vec, size_t size, const void *entry)
{
	char *place;

	vec->size = size;
	if (vec->count == vec->room) {
		vec->room = vec->room ? vec->room * 2 : 8;
		vec->items = realloc(vec->items, vec->room * size);
		if (!vec->items)
			no_memory();
	}
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

bool sbx_path_within(const char *path, const char *base)
{
	size_t len = strlen(base);

	if (len == 1)
		return true;
	return strncmp(path, base, len) == 0 && (path[len] == '/' || !path[len]);
}

const char *sbx_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *sbx_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return sbx_strdup(".");
	return slash == path ? sbx_strdup("/") : sbx_strndup(path, (size_t)(slash - path));
}

bool sbx_glob(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
