/* SPDX-License-Identifier: MIT */
/*
 * space.h -- whether a private file system (/tmp, the home, /dev/shm, --tmpfs) was ever full: a command that ignores it
 * loses what it wrote.
 */
#ifndef SBX_LOADER_LIMITS_SPACE_H
#define SBX_LOADER_LIMITS_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SBX_SPACE_PLACES_MAX 8

struct sbx_space_place {
	int fd;           /* O_PATH */
	const char *path; /* inside */
	const char *key;  /* the limit that gives its size: limits.<key> */
	bool option;      /* --size does */
	uint64_t size, files, free;
	bool bytes_full, files_full;
};

struct sbx_space {
	struct sbx_space_place places[SBX_SPACE_PLACES_MAX];
	size_t count;
	uint64_t pause_ms;
	int64_t look_at;                    /* the next look, or SBX_NEVER */
	const struct sbx_space_place *full; /* the first that was, or NULL */
};

/* What is at `path`, which lasts; `named`: by the policy or an `option`, and nothing that is there anyway. Takes the
 * descriptor. */
void sbx_space_accept(struct sbx_space *space, int fd, const char *path, bool named, bool option);

/* The moment has come. */
void sbx_space_look(struct sbx_space *space);

/* After the end: a last look. */
void sbx_space_end(struct sbx_space *space);

/* The descriptors are closed. */
void sbx_space_close(struct sbx_space *space);

#endif
