/* SPDX-License-Identifier: MIT */
/*
 * grant_options.h -- the late grants: the command's own files, the caller's directory, path options, arguments.
 */
#ifndef SBX_LOADER_GRANTS_GRANT_OPTIONS_H
#define SBX_LOADER_GRANTS_GRANT_OPTIONS_H

#include "loader/cli/options.h"
#include "loader/plan/plan.h"
#include "loader/output/stage.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/policy_find.h"

/* Of a --tmpfs. */
#define SBX_TMPFS_INODES 65536ull

/* May what an argument names, which exists, be granted at all: a file, a directory, a fifo? */
bool sbx_grants_possible(const struct sbx_resolved *path);

/* Files that exec opens: the target, its interpreters. */
int sbx_grants_target(struct sbx_plan *plan, const char *cwd, const struct sbx_target *target, struct sbx_err *err);

/*
 * The policy's own $PWD and $ARG(n) paths, from the target's `cwd` and UNTRUSTED options->argv; --ro, --bind, --tmpfs
 * and
 * --hide, from the caller's `origin`.
 */
int sbx_grants_options(struct sbx_plan *plan, const char *cwd, const char *origin, const struct sbx_options *options,
		       struct sbx_err *err);

/* The path options alone, relative ones from `cwd`. */
int sbx_grants_paths(struct sbx_plan *plan, const char *cwd, const struct sbx_options *options, struct sbx_err *err);

/*
 * What stands beside the target, where that isn't /usr's: an interpreter's modules. For
 * sbx_grants_target(), whose links are the tree's own then.
 */
void sbx_grants_tree(struct sbx_plan *plan, const struct sbx_target *target);

/*
 * UNTRUSTED: `word`. The directories that it leaves again by ".." are there inside, so that the way leads through:
 * empty ones, where nothing of them is granted. Called when all else is planned.
 */
void sbx_grants_way(struct sbx_plan *plan, const char *cwd, const char *word);

/*
 * UNTRUSTED: argv, whose names may come from an attacker. Inputs that exist are granted for reading, outputs by the
 * `grammar`; what is protected gets a note instead. Staged outputs go to `stage`.
 */
int sbx_grants_arguments(struct sbx_plan *plan, const char *cwd, char **argv, const struct sbx_grammar *grammar,
			 struct sbx_stage *stage, struct sbx_err *err);

/* The caller's directory exists inside, empty but for what is granted in it, and not writable where a write would be
 * lost. */
void sbx_grants_cwd(struct sbx_plan *plan, const char *cwd);

#endif
