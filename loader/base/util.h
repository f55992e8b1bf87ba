/*
 * util.h -- memory that is there or ends the run, growing arrays, paths.
 */
#ifndef SBX_LOADER_BASE_UTIL_H
#define SBX_LOADER_BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim/path_text.h"

static inline void sbx_cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define cleanup_fd __attribute__((cleanup(sbx_cleanup_fd)))

/*
 * Zeroed memory, 16-aligned, never given back: the loader plans once and then waits. Never NULL: without memory the run
 * ends with 125, before anything has been started.
 */
void *sbx_alloc(size_t size);

char *sbx_strndup(const char *s, size_t len);
char *sbx_strdup(const char *s);

/* asprintf(3) into fresh memory. */
char *sbx_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Strings one behind the other as fresh memory: a tenth of what formatting costs. */
#define sbx_join(...) sbx_join_parts((const char *const[]){ __VA_ARGS__, NULL })
char *sbx_join_parts(const char *const parts[]);

/* All 16 digits, as fresh memory: printf(3) is slow, and each run names numbers. */
char *sbx_hex(uint64_t number);

/* readlink(2) into fresh memory; NULL with errno set. */
char *sbx_readlink(const char *path);

/* getcwd(2) into fresh memory; NULL with errno set, ENOENT when the directory can't be reached from the root. */
char *sbx_getcwd(void);

/* A growing array of entries of one size. Pointers into it hold until the next push. */
struct sbx_vec {
	char *items;
	size_t count, room, size;
};

/* Append a copy of `entry` (of `size` bytes, the same in every call), or zeroes for NULL; returns its place. */
void *sbx_vec_push(struct sbx_vec *vec, size_t size, const void *entry);

static inline void *sbx_vec_at(const struct sbx_vec *vec, size_t i)
{
	return vec->items + i * vec->size;
}

/* A NULL-terminated list of strings inside a vector of char *. */
char **sbx_vec_strings(struct sbx_vec *vec);

/* sbx_path_within() of paths whose lengths are known: most that don't fit differ in the last byte, and a thousand are
 * held against a thousand. */
static inline bool sbx_path_within_len(const char *path, size_t len, const char *base, size_t base_len)
{
	return base_len <= 1 || (base_len <= len && path[base_len - 1] == base[base_len - 1] &&
				 (len == base_len || path[base_len] == '/') && memcmp(path, base, base_len) == 0);
}

/* An absolute path without empty parts, "." and "..", and without a slash behind it. */
bool sbx_path_is_plain(const char *path);

/* An absolute path without empty parts and "." as fresh memory; NULL for a relative one, and for one with ".." in it.
 */
char *sbx_path_plain(const char *path);

/*
 * The entries of a directory, "." and ".." as well, by getdents64(2): opendir(3) allocates. `at` and `len` are zero
 * before the first call; NULL at the end, or when the directory can't be read.
 */
struct sbx_entries {
	int fd;
	size_t at, len;
	_Alignas(8) char bytes[2048];
};
struct sbx_entry {
	uint64_t ino;
	int64_t off;
	unsigned short size;
	unsigned char type; /* DT_LNK and so on: readdir(3) */
	char name[];
};
const struct sbx_entry *sbx_entries_next(struct sbx_entries *entries);

/* The part before the last '/' as fresh memory: "/" for "/x", "." for "x". */
char *sbx_dirname(const char *path);

/* A small file below `dir`, one of the kernel's, as text that ends in NUL: its length, or -1 with errno set and an
 * empty text. */
ssize_t sbx_read_text(int dir, const char *path, char *text, size_t size);

#endif
