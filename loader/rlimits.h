/*
 * rlimits.h -- limits that are held as resource limits of each process; getrlimit(2), prlimit(2).
 */
#ifndef SBX_RLIMITS_H
#define SBX_RLIMITS_H

#include "loader/limits.h"

/* Decide which of the limits that nothing holds yet will be held so. What can't gets its reason. */
void sbx_rlimits_plan(struct sbx_limits *limits, const struct sbx_policy_blob *policy);

/*
 * In the sandbox's first process: a part of the signals that the caller may have queued, so that nobody inside keeps the caller's other
 * processes from queueing theirs. -1 with err.
 */
int sbx_rlimits_queue(struct sbx_err *err);

/* In the process that becomes the target, last. -1 with err. */
int sbx_rlimits_apply(const struct sbx_limits *limits, struct sbx_err *err);

/* From outside, for the process `child` that was made before this was decided: memory and pids alone. -1 with err. */
int sbx_rlimits_give(const struct sbx_limits *limits, pid_t child, struct sbx_err *err);

#endif
