/* SPDX-License-Identifier: MIT */
/*
 * output_grants.h -- what an argument that names an output gets: staged, the file itself, or its directory, as the
 * policy says.
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_GRANTS_H
#define SBX_LOADER_OUTPUT_OUTPUT_GRANTS_H

#include "loader/argv/output_names.h"
#include "loader/plan/plan.h"
#include "loader/output/stage.h"

/* Beside the flags of a grammar: the name is what the command writes, not derived from one. */
#define SBX_OUTPUT_SURE 0x100u

struct sbx_outputs {
	struct sbx_plan *plan;
	const char *cwd;
	struct sbx_stage *stage;
	struct sbx_vec inputs; /* char *: canonical paths of the directories that arguments name */
	bool inputs_known;     /* inputs is filled: on first use */
};

/*
 * UNTRUSTED: `word`, a path that an argument named or that was derived from one. What is protected gets a note. -1 with
 * err when what the policy asks for can't be had. `flags` are SBX_ARG_TREE and SBX_ARG_CHAIN.
 */
int sbx_output_grant_named(const struct sbx_outputs *outputs, const char *word, uint32_t flags, struct sbx_err *err);

/*
 * UNTRUSTED: `word`, which names an entry that is to be moved, removed or replaced (SBX_ARG_SELF): a symlink itself, a
 * directory with SBX_ARG_TREE, or a file. One that isn't there is an output, or nothing with SBX_ARG_OLD. -1 with err.
 */
int sbx_output_grant_entry(const struct sbx_outputs *outputs, const char *word, uint32_t flags, struct sbx_err *err);

/*
 * UNTRUSTED: `word`, which designates an output if nothing is there, its directory is and the caller may write in it:
 * then 1. Else 0: nothing is granted, and nothing said unless it is `sure` that an output was meant. -1 with err.
 */
int sbx_output_grant_absent(const struct sbx_outputs *outputs, const char *word, bool sure, uint32_t flags,
			    struct sbx_err *err);

/* As sbx_output_grant_named, for what `word` is called in the directory `dir`: cp FILE DIR. */
int sbx_output_grant_into(const struct sbx_outputs *outputs, const char *dir, const char *word, uint32_t flags,
			  struct sbx_err *err);

/* The files in `dir` (as an argument names it) that fit the pattern, those that are there already and those to come. */
int sbx_output_grant_fitting(const struct sbx_outputs *outputs, const char *dir, const struct sbx_pattern *pattern,
			     struct sbx_err *err);

/* The current directory itself. */
void sbx_output_grant_cwd(const struct sbx_outputs *outputs);

/*
 * The file `name` of the directory, as if an argument had named it, where no symlink is followed: exists and st aren't
 * known. In fresh memory.
 */
struct sbx_resolved *sbx_output_grant_in(const struct sbx_resolved *dir, const char *name);

/* Note that `path` isn't granted, and which option would grant it; silent where it can be seen anyway. */
void sbx_output_grant_refuse(struct sbx_plan *plan, const struct sbx_resolved *path, const char *reason,
			     const char *option);

#endif
