/* SPDX-License-Identifier: MIT */
/*
 * command_trust.h -- is a file what it is called, or only called so? A profile that widens is chosen by nobody's word
 * but root's, or the caller's own in `match`; sbx.conf(5), "Profiles".
 */
#ifndef SBX_LOADER_POLICY_COMMAND_TRUST_H
#define SBX_LOADER_POLICY_COMMAND_TRUST_H

#include <sys/types.h>

#include "loader/base/vec.h"
#include "loader/policy/exec_target.h"

/* What each name gets: the words of sbx-policy's --trust. */
#define SBX_TRUST_WORD_COMMAND "command"
#define SBX_TRUST_WORD_FILE "file"
#define SBX_TRUST_WORD_NONE "none"

/*
 * How far each of `names` (sbx_match_names() of the target's path) is trusted, as words into `words`:
 *   command  root alone decides what it leads to, and a directory of PATH, or one where systems have commands, has that
 *            very file under that name
 *   file     root or `uid`, the caller, decides
 *   none     others can replace it
 * with ":GID" for each group that could write it or a directory on the way: a private one is nobody. What `#!` names
 * decides as the script does, and what env(1) there finds along PATH (`cwd`: where that is relative). Returns 0, or -1
 * with errno set when something can't be looked at that is there.
 */
int sbx_command_trust(const struct sbx_target *target, const char *cwd, uid_t uid, const struct sbx_vec *names,
		      struct sbx_vec *words);

#endif
