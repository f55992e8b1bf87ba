/* SPDX-License-Identifier: MIT */
/*
 * read_text.h -- a small file as text.
 */
#ifndef SBX_LOADER_BASE_READ_TEXT_H
#define SBX_LOADER_BASE_READ_TEXT_H

#include <stddef.h>
#include <sys/types.h>

/* A small file below `dir`, one of the kernel's, as text that ends in NUL: its length, or -1 with errno set and an
 * empty text. */
ssize_t sbx_read_text(int dir, const char *path, char *text, size_t size);

/* pread(2) until `size` bytes have come, or all there are: how many, or -1 with errno. */
ssize_t sbx_read_at(int fd, void *bytes, size_t size, off_t at);

#endif
