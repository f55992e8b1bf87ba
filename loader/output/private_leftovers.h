/* SPDX-License-Identifier: MIT */
/*
 * private_leftovers.h -- what the command has written to its private home, /tmp and /var/tmp, and what is gone with
 * them.
 */
#ifndef SBX_LOADER_OUTPUT_PRIVATE_LEFTOVERS_H
#define SBX_LOADER_OUTPUT_PRIVATE_LEFTOVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/base/vec.h"
#include "loader/plan/plan.h"

enum sbx_private_dir { SBX_PRIVATE_HOME, SBX_PRIVATE_TMP, SBX_PRIVATE_VAR_TMP, SBX_PRIVATE__COUNT };

/* Something that wasn't there before, with all that is in it. */
struct sbx_private_found {
	const char *path;
	bool is_dir;
	bool missed;             /* by the caller, probably */
	uint64_t entries, files; /* in it, as far as was looked; regular ones */
};

struct sbx_private {
	struct sbx_private_one {
		const char *path; /* NULL: there is none, or nobody wants to know */
		int fd;           /* O_PATH, or -1 */
		bool known;       /* entries and bytes are */
		uint64_t entries, bytes;
		struct sbx_vec found; /* struct sbx_private_found */
		bool more;            /* than was looked at */
	} dirs[SBX_PRIVATE__COUNT];
	bool whole; /* somebody asks for all that was found, not only for what the caller is likely to miss */
	bool noted; /* a note is welcome, and no option or file has the home made */
};

/* Before the process is started. `whole`: somebody asks for all of it; `noted`: a note is welcome. */
void sbx_private_plan(struct sbx_private *left, const struct sbx_plan *plan, bool whole, bool noted);

/* After the end: the descriptor of a directory, which stays the caller's; one that nobody asks for is passed over. */
void sbx_private_take(struct sbx_private *left, const char *path, int fd);

/* UNTRUSTED: what is in the directories that were taken. For some milliseconds at most. */
void sbx_private_look(struct sbx_private *left, const struct sbx_plan *plan);

/* Does the host have anything at `path`, which is below the home? What can't be told may be there. */
bool sbx_private_exists(const struct sbx_private *left, const char *path);

#endif
