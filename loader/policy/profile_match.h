/* SPDX-License-Identifier: MIT */
/*
 * profile_match.h -- what a profile is chosen by: the command's names, and its first arguments.
 */
#ifndef SBX_LOADER_POLICY_PROFILE_MATCH_H
#define SBX_LOADER_POLICY_PROFILE_MATCH_H

#include "loader/base/path_resolve.h"
#include "loader/base/vec.h"
#include "shim/blob.h"

/*
 * Append the command's file, which `file` is resolved, as absolute paths (char *, fresh memory): as it was found, then
 * each file that a symlink in its place leads to (update-alternatives, busybox), the last one canonical. UNTRUSTED: the
 * links' texts, which nothing is granted by. -1 with errno when a link can't be read.
 */
int sbx_match_names(const char *cwd, const char *path, const struct sbx_resolved *file, struct sbx_vec *names);

/*
 * The profile among the policy's alternatives that is for these arguments, or NULL. UNTRUSTED: argv. An alternative's
 * words must be the first arguments; in front of words that begin with -, others that do are passed over.
 */
const char *sbx_match_arguments(const struct sbx_policy_blob *policy, char *const *argv);

#endif
