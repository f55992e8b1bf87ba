/* SPDX-License-Identifier: MIT */
/*
 * output_place.h -- where an output belongs: may it be there, and the stage that takes its directory's place.
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_PLACE_H
#define SBX_LOADER_OUTPUT_OUTPUT_PLACE_H

#include <stdbool.h>

#include "loader/output/output_grants.h"

/* Why nothing may be written there because somebody named it; NULL when it may. The text is static. */
const char *sbx_output_refusal(struct sbx_plan *plan, const struct sbx_resolved *path);

/*
 * What an option or the policy has put there decides, not the argument. True when it is done with, with a note where
 * what is written would be lost, or can't be written.
 */
bool sbx_output_decided(struct sbx_plan *plan, const char *path);

/*
 * -1 with err when an output that isn't there and is refused for `reason` would be written into a private directory all
 * the same, and be lost.
 */
int sbx_output_lost(const struct sbx_plan *plan, const struct sbx_resolved *path, const char *reason,
		    struct sbx_err *err);

/* The directory of the resolved path, in fresh memory; NULL when it isn't one. */
struct sbx_resolved *sbx_output_parent(struct sbx_plan *plan, const struct sbx_resolved *path);

/* --dry-run: what would stand at `dst`, without making it. */
void sbx_output_plan_dry(struct sbx_plan *plan, const char *dst, const char *what);

/* 0 when the directory that was opened is the one that was looked at, else -1. */
int sbx_output_same_inode(int fd, const struct sbx_resolved *seen);

/* Is the directory the host's own inside, and writable? Then whatever is made there is there. */
bool sbx_output_in_bind(const struct sbx_plan *plan, const char *dir);

/* May the caller make something in it? Not in "/". access(2) */
bool sbx_output_dir_writable(struct sbx_plan *plan, const struct sbx_resolved *dir);

/* args.out is "stage" or "copy". */
bool sbx_output_staged(const struct sbx_plan *plan);

/* The stage of the directory `parent`, made and planned on first use; `path` is what needs it. NULL with err. */
struct sbx_stage_dir *sbx_output_stage(const struct sbx_outputs *outputs, const struct sbx_resolved *path,
				       const struct sbx_resolved *parent, struct sbx_err *err);

/* The same for an entry that isn't there yet, which is an output then; `flags`: what it may be, SBX_ARG_TREE and
 * SBX_ARG_LINK. 0, or -1 with err. */
int sbx_output_stage_new(const struct sbx_outputs *outputs, const struct sbx_resolved *path,
			 const struct sbx_resolved *parent, uint32_t flags, struct sbx_err *err);

#endif
