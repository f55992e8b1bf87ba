/* SPDX-License-Identifier: MIT */
/*
 * doctor.h -- the parts of `sbx-policy doctor` that stand in files of their own.
 */
#ifndef SBX_CONF_COMMANDS_DOCTOR_H
#define SBX_CONF_COMMANDS_DOCTOR_H

#include "conf/base/pool.h"
#include "conf/config/policy.h"

/* If the machine's file, read into `config`, is a copy of the built-in policy, say so, and what differs. */
void sbx_doctor_copy(struct sbx_pool *pool, struct sbx_errs *errs, const struct sbx_config *config);

#endif
