/*
 * stage.h -- outputs that don't exist yet: written into a fresh directory beside their own, moved into place afterwards.
 *
 * Inside, the output's directory is that fresh one. An exploited parser can overwrite no sibling, and a crash loses
 * nothing that was there before.
 */
#ifndef SBX_STAGE_H
#define SBX_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "loader/util.h"
#include "shim/steps.h"

struct sbx_stage {
	bool dry;            /* make nothing */
	mode_t umask;        /* the caller's */
	struct sbx_vec dirs; /* struct sbx_stage_dir */
};

struct sbx_stage_dir {
	char *dir;            /* canonical: where the outputs belong */
	char *path;           /* of the staging directory, in dir; NULL before sbx_stage_make */
	char *name;           /* its last component */
	int dir_fd, stage_fd; /* >= 10; stage_fd is locked while the run lasts */
	struct sbx_vec names; /* char *: base names of the outputs */
};

/* Plan that dir/name is an output. Returns its directory's entry. */
struct sbx_stage_dir *sbx_stage_plan(struct sbx_stage *stage, const char *dir, const char *name);

/* Make a staging directory and remove what killed runs have left beside it. -1 with err when it can't be made. */
int sbx_stage_make(struct sbx_stage_dir *dir, struct sbx_err *err);

/*
 * After the run: move the named regular outputs into place (never following a link, losing setuid bits) and remove the
 * rest. With `keep` false nothing is moved. -1 with err when an output could not be moved; it is then left where it is.
 */
int sbx_stage_finish(struct sbx_stage *stage, bool keep, struct sbx_err *err);

#endif
