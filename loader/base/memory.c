/* SPDX-License-Identifier: MIT */
/*
 * memory.c -- one piece of memory after the other, handed out from its front.
 */
#include "loader/base/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

static void new_chunk(size_t size)
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
		new_chunk(size);
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
char *sbx_format_args(const char *format, va_list args)
{
	const char *written = chunk;
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(chunk, left, format, args);
	if (len < 0)
		no_memory();
	text = sbx_alloc((size_t)len + 1);
	if (text != written)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *sbx_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = sbx_format_args(format, args);
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

char *sbx_alloc_room(size_t size)
{
	if (left < size)
		new_chunk(size);
	return chunk;
}

char *sbx_alloc_keep(size_t len)
{
	chunk[len] = 0;
	return sbx_alloc(len + 1);
}

bool sbx_alloc_extend(const void *memory, size_t size, size_t wanted)
{
	const size_t had = ROUND16(size), added = ROUND16(wanted) - had;

	if ((const char *)memory + had != chunk || added > left)
		return false;
	chunk += added;
	left -= added;
	return true;
}
