/* SPDX-License-Identifier: MIT */
/*
 * stage.h -- outputs are written into a fresh directory beside their own and moved into place afterwards.
 *
 * Inside, the output's directory is that fresh one. What exists is linked into it: written in place it is written on
 * the host, replaced or removed it is so there after the run. An exploited parser can overwrite no sibling, and a crash
 * loses nothing that was there before.
 */
#ifndef SBX_LOADER_OUTPUT_STAGE_H
#define SBX_LOADER_OUTPUT_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "loader/argv/output_names.h"
#include "loader/base/path_index.h"
#include "loader/base/vec.h"
#include "loader/output/tree_links.h"
#include "loader/plan/plan.h"
#include "shim/steps.h"

struct sbx_stage {
	bool dry;            /* make nothing */
	mode_t umask;        /* the caller's */
	struct sbx_vec dirs; /* struct sbx_stage_dir */
	bool succeeded;      /* the command has ended with status 0; set before sbx_output_commit */
	struct sbx_plan *plan;
	struct sbx_quota *quota; /* or NULL */
	/* After sbx_output_commit; each holds SBX_STAGE_SAID at most: */
	struct sbx_vec dropped;  /* struct sbx_stage_dropped: what the target has made, and is not in place */
	struct sbx_vec retained; /* struct sbx_stage_dropped: files that it has removed or replaced, and that are still
				    there */
	size_t dropped_count, retained_count;
	bool failed;    /* one of them is more than a name that nobody knows, or all that the command has made */
	bool delivered; /* a named output is in place, or was written there */
	bool unnamed;   /* one that is not in place has a name that nobody knows */
	bool derived;   /* and one of these a name that begins as an output's */
};

#define SBX_STAGE_PREFIX ".sbx-stage-"
#define SBX_STAGE_SAID 5

struct sbx_stage_dropped {
	const char *path, *reason;
	const struct sbx_stage_dir *dir;
};

/* A file that is, or may become, an output. */
struct sbx_stage_file {
	const char *name;
	bool existed;    /* seen is the host's, and it stands in the stage */
	bool copied;     /* not linked: copy is what stands in the stage */
	bool fitting;    /* it only fits a pattern */
	bool barred;     /* it is there, and is not to be replaced */
	uint32_t may_be; /* not only a regular file: SBX_ARG_TREE, SBX_ARG_LINK */
	bool gone;       /* after the run: it existed, and the target has removed it */
	int unseen;      /* after the run: it existed, and this errno keeps us from telling whether it is gone; or 0 */
	bool stays;      /* after the run: it still is what it was, written or not */
	struct stat seen, copy;
	struct sbx_tree *tree; /* a directory, which is linked entry by entry */
};

struct sbx_stage_dir {
	char *dir;        /* canonical: where the outputs belong */
	char *path;       /* of the staging directory, in dir; NULL before sbx_stage_make */
	char *name;       /* its last component */
	bool private;     /* without it what is written there would be in a private directory, and lost */
	bool holds, kept; /* after the run: something is not in place; it is not removed, and is called `name` */
	bool gone;        /* after the run: somebody has moved or removed the stage */
	dev_t kept_dev;   /* of what is kept */
	ino_t kept_ino;
	struct timespec before, made; /* when the directory was modified, before the stage was made in it and by that */
	int dir_fd, stage_fd;         /* stage_fd is locked while the run lasts */
	struct sbx_vec files;         /* struct sbx_stage_file */
	struct sbx_path_index names;  /* which of them has a name: of several the first */
	struct sbx_vec patterns;      /* struct sbx_pattern */
};

/* The entry of the directory, which holds until the next one is added. */
struct sbx_stage_dir *sbx_stage_at(struct sbx_stage *stage, const char *dir);

/* Make a staging directory and remove what killed runs have left beside it. -1 with err when it can't be made. */
int sbx_stage_make(struct sbx_stage_dir *dir, struct sbx_err *err);

/* Is that the name of a staging directory, of this run or another one's? */
bool sbx_stage_is_name(const char *name);

/* An output that doesn't exist yet, and with SBX_ARG_TREE or SBX_ARG_LINK what else it may be; files that fit a pattern
 * and don't exist yet. */
void sbx_stage_name(struct sbx_stage_dir *dir, const char *name, uint32_t may_be);
void sbx_stage_pattern(struct sbx_stage_dir *dir, const struct sbx_pattern *pattern);

/*
 * An output that exists and was seen as `st`: it is linked into the stage, or copied with `copy`, where a copy can't be
 * told from it. Returns 1, 0 when it can't be there and has to be granted as it is, or -1 with err.
 */
int sbx_stage_existing(struct sbx_stage_dir *dir, const char *name, const struct stat *st, bool copy,
		       struct sbx_err *err);

/* What an output that exists may become. */
void sbx_stage_allow(struct sbx_stage_dir *dir, const char *name, uint32_t may_be);

/*
 * An entry that exists, was seen as `st` and is to be moved, removed or replaced itself: a symlink is linked, a
 * directory as sbx_tree_link() does. Returns as above.
 */
int sbx_stage_entry(struct sbx_stage_dir *dir, const char *name, const struct stat *st, struct sbx_err *err);

/* A file that exists and fits a pattern: linked, or else not to be replaced. -1 with err when neither can be told. */
int sbx_stage_fitting(struct sbx_stage_dir *dir, const char *name, const struct stat *st, bool grantable,
		      struct sbx_err *err);

/* Does a stage show the file at the canonical path? One that is there only because it fits a pattern is taken out
 * again. */
bool sbx_stage_shows(struct sbx_stage *stage, const char *path);

/* The directory's file of that name, the first of several; or NULL. */
struct sbx_stage_file *sbx_stage_find(const struct sbx_stage_dir *dir, const char *name);

/*
 * After the run, in output_commit.c: move the named and fitting regular outputs into place (never following a link,
 * losing setuid bits), remove what the target has removed, and then the stage. What is left in it is told in
 * stage->dropped, and kept when the command succeeded and nothing else came of it, or when its name is made of an
 * output's; then nothing is removed that was there before, in no directory: it may be all that there is of it.
 * What would have been is told in stage->retained, as is a file that changed while the target worked on a copy; and
 * what is left is kept. With `keep` false nothing is moved. Returns 0; or -1 when an output could not be moved or
 * something was retained, with an empty err, or when the stage could not be removed. Once sbx_interrupted() says so it
 * ends at the next name: what is in place stays, what is not is kept and told.
 */
int sbx_output_commit(struct sbx_stage *stage, bool keep, struct sbx_err *err);

#endif
