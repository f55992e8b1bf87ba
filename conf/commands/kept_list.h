/* SPDX-License-Identifier: MIT */
/*
 * kept_list.h -- the caller's list of what runs have kept aside, which sbx-wrap writes: loader/run/kept.c.
 */
#ifndef SBX_CONF_COMMANDS_KEPT_LIST_H
#define SBX_CONF_COMMANDS_KEPT_LIST_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "conf/base/pool.h"

struct sbx_kept {
	const char *line, *path, *command;
	time_t when;
	dev_t dev;
	ino_t ino;
	int fd, parent;    /* of the directory, and the one it lies in; -1 */
	const char *name;  /* in the parent */
	const char *wrong; /* it can't be had, and why; NULL */
	bool done;         /* there is nothing more of it: it leaves the list */
};

struct sbx_kept_list {
	struct sbx_pool *pool;
	const char *path;
	int fd; /* locked; -1 where there is no list */
	struct sbx_kept *items;
	size_t count, damaged;
};

/*
 * UNTRUSTED: each line, and what is at the paths: opened is only what is the caller's own and the very directory that
 * was kept. Damaged lines are told on standard error, and passed over. -1 with a message when the list can't be read.
 */
int sbx_kept_open(struct sbx_kept_list *list, struct sbx_pool *pool, const char *path);

/* Write the list anew without what is done, and close everything. -1 with a message. */
int sbx_kept_close(struct sbx_kept_list *list);

/* What the loader has escaped; NULL when it is damaged, or empty. */
const char *sbx_kept_unescape(struct sbx_pool *pool, const char *text);

#endif
