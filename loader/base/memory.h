/* SPDX-License-Identifier: MIT */
/*
 * memory.h -- memory that is there or ends the run, and strings made in it.
 */
#ifndef SBX_LOADER_BASE_MEMORY_H
#define SBX_LOADER_BASE_MEMORY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Zeroed memory, 16-aligned, never given back: the loader plans once and then waits. Never NULL: without memory the run
 * ends with 125, before anything has been started.
 */
void *sbx_alloc(size_t size);

char *sbx_strndup(const char *s, size_t len);
char *sbx_strdup(const char *s);

/* asprintf(3) into fresh memory. */
char *sbx_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *sbx_format_args(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Strings one behind the other as fresh memory: a tenth of what formatting costs. */
#define sbx_join(...) sbx_join_parts((const char *const[]){ __VA_ARGS__, NULL })
char *sbx_join_parts(const char *const parts[]);

/* All 16 digits, as fresh memory: printf(3) is slow, and each run names numbers. */
char *sbx_hex(uint64_t number);

/*
 * For a system call that writes a string of unknown length: `size` bytes that aren't taken yet. sbx_alloc_keep() takes
 * the first `len` as that string and ends it; what was written and isn't kept must be zeroed.
 */
char *sbx_alloc_room(size_t size);
char *sbx_alloc_keep(size_t len);

/* Let the `size` bytes at `memory` be `wanted` bytes. False when something was allocated after them, or no room is
 * left. */
bool sbx_alloc_extend(const void *memory, size_t size, size_t wanted);

#endif
