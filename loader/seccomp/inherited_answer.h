/* SPDX-License-Identifier: MIT */
/*
 * inherited_answer.h -- answers the calls that inherited_filter.c asks about: they go through, but for the files that
 * are open for appending.
 */
#ifndef SBX_LOADER_SECCOMP_INHERITED_ANSWER_H
#define SBX_LOADER_SECCOMP_INHERITED_ANSWER_H

#include <sys/types.h>

#include "loader/base/inherited.h"

/* Start a process that answers what `listener` asks, until nobody is left who could. Its pid, or -1 with errno. Without
 * it every call that was asked about fails: ENOSYS. */
pid_t sbx_inherited_answer(const struct sbx_inherited *inherited, int listener);

/* End it; 0: there is none. */
void sbx_inherited_answer_end(pid_t pid);

#endif
