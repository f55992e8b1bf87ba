/* SPDX-License-Identifier: MIT */
/*
 * env_command.h -- what env(1) runs where a #! line names it as the interpreter.
 */
#ifndef SBX_LOADER_POLICY_ENV_COMMAND_H
#define SBX_LOADER_POLICY_ENV_COMMAND_H

#include <stdbool.h>

#include "loader/policy/exec_target.h"

/* Is a script's last interpreter env or one like it, by the name that its #! line has, or by that of the file? */
bool sbx_env_interprets(const struct sbx_target *target);

/*
 * The command in `argument`, which is what the #! line has behind env's path, as the kernel passes it: one word. As
 * fresh memory; NULL where there is none, and where options, quotes or variables leave open which it is or along which
 * PATH it is looked for.
 */
char *sbx_env_command(const char *argument);

#endif
