/* SPDX-License-Identifier: MIT */
/*
 * programs.h -- where the other programs of this build are.
 */
#ifndef SBX_LOADER_POLICY_PROGRAMS_H
#define SBX_LOADER_POLICY_PROGRAMS_H

#include <stdbool.h>

#include "shim/steps.h"

struct sbx_programs {
	char *compiler; /* sbx-policy */
	char *shim;     /* on the host */
	char *scope;    /* sbx-scope */
	char *relay;    /* sbx-relay */
	bool nested;    /* this runs in a sandbox of sbx already */
};

/*
 * Fill in the paths, in fresh memory, by where sbx-wrap itself is; nothing is opened. Inside a sandbox of sbx the shim
 * is the one that this sandbox shows. -1 with err when sbx-wrap can't find itself.
 */
int sbx_programs_find(struct sbx_programs *programs, struct sbx_err *err);

#endif
