/* SPDX-License-Identifier: MIT */
/*
 * policy_find.h -- the policy of a run: the profile by the command's name and arguments, compiled.
 */
#ifndef SBX_LOADER_POLICY_POLICY_FIND_H
#define SBX_LOADER_POLICY_POLICY_FIND_H

#include "loader/base/caller.h"
#include "loader/cli/options.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/programs.h"
#include "shim/blob.h"

/* A profile that the command's name would have chosen, and the name wasn't trusted for; all NULL: none. */
struct sbx_withheld {
	const char *profile;
	const char *trust; /* of the name: command_trust.h; NULL: it is for what the command starts */
};

/*
 * By what the command's arguments are read: by its own policy's as far as `from`, by this one's there, where a command
 * begins that it starts. That one's fence is still the command's own policy.
 */
struct sbx_grammar {
	const struct sbx_policy_blob *policy;
	size_t from;                /* 0: all are read by the policy of the run */
	struct sbx_target *started; /* the command that begins there, or NULL */
};

/*
 * A checked policy, in memory that lives as long as the process, or NULL with err. `cwd` is the current directory. What
 * Landlock lacks on this kernel, and what --try means, is told on standard error; --dry-run shows the policy itself.
 * Where the profile is for what links in somebody else's hands lead to, target->exact is filled: they may lead
 * elsewhere by now.
 */
const struct sbx_policy_blob *sbx_policy_find(const struct sbx_options *options, struct sbx_target *target,
					      const char *cwd, const struct sbx_programs *programs,
					      const struct sbx_caller *caller, struct sbx_withheld *withheld,
					      struct sbx_grammar *grammar, struct sbx_err *err);

#endif
