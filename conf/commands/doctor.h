/*
 * doctor.h -- the parts of `sbx-policy doctor` that stand in files of their own.
 */
#ifndef SBX_CONF_COMMANDS_DOCTOR_H
#define SBX_CONF_COMMANDS_DOCTOR_H

#include "conf/base/pool.h"

/* For each limit that needs a cgroup: what would hold it for this caller, and the remedy otherwise. No limit is a
 * failure. */
void sbx_doctor_limits(struct sbx_pool *pool);

#endif
