/*
 * rlimits.h -- limits that are held as resource limits of each process; getrlimit(2), prlimit(2).
 */
#ifndef SBX_LOADER_LIMITS_RLIMITS_H
#define SBX_LOADER_LIMITS_RLIMITS_H

#include <sys/resource.h>

#include "loader/limits/limits.h"

/* Decide which of the limits that nothing holds yet will be held so. What can't gets its reason. */
void sbx_rlimits_plan(struct sbx_limits *limits, const struct sbx_policy_blob *policy);

/*
 * A user namespace that is made between the two has a part of the signals that the caller may have queued, all its
 * processes together: nobody inside keeps the caller's other processes from queueing theirs. What getrlimit(2) says
 * stays as it was. Linux >= 5.14.
 */
struct rlimit sbx_rlimits_lower_queue(void);
void sbx_rlimits_restore_queue(const struct rlimit *was);

/* In the process that becomes the target, last. -1 with err. */
int sbx_rlimits_apply(const struct sbx_limits *limits, struct sbx_err *err);

/* From outside, for the process `child` that was made before this was decided: memory and pids alone. -1 with err. */
int sbx_rlimits_give(const struct sbx_limits *limits, pid_t child, struct sbx_err *err);

#endif
