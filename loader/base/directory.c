/* SPDX-License-Identifier: MIT */
/*
 * directory.c -- getdents64(2).
 */
#include "loader/base/directory.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct sbx_entry *sbx_entries_next(struct sbx_entries *entries)
{
	const struct sbx_entry *entry;
	long got;

	if (entries->at == entries->len) {
		got = syscall(SYS_getdents64, entries->fd, entries->bytes, sizeof(entries->bytes));
		if (got < 0)
			entries->errnum = errno;
		if (got <= 0)
			return NULL;
		entries->len = (size_t)got;
		entries->at = 0;
	}
	entry = (const struct sbx_entry *)(void *)(entries->bytes + entries->at);
	entries->at += entry->size;
	return entry;
}
