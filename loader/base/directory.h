/* SPDX-License-Identifier: MIT */
/*
 * directory.h -- the entries of a directory.
 */
#ifndef SBX_LOADER_BASE_DIRECTORY_H
#define SBX_LOADER_BASE_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * The entries of a directory, "." and ".." as well, by getdents64(2): opendir(3) allocates. `at` and `len` are zero
 * before the first call; NULL at the end, and with errnum set when the directory can't be read.
 */
struct sbx_entries {
	int fd, errnum;
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

/* Are both of one inode, as long as neither is gone? stat(2) */
static inline bool sbx_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
