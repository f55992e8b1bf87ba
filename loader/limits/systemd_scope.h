/* SPDX-License-Identifier: MIT */
/*
 * systemd_scope.h -- a transient scope of systemd's, for callers whose own cgroup is root's: a login by ssh.
 *
 * sbx-scope, a program of its own, speaks D-Bus: it has the manager put the sandbox's first process there and says
 * which cgroup that is. The scope is gone, and its accounts with it, as soon as nothing runs in it.
 */
#ifndef SBX_LOADER_LIMITS_SYSTEMD_SCOPE_H
#define SBX_LOADER_LIMITS_SYSTEMD_SCOPE_H

#include <stdbool.h>
#include <sys/types.h>

#include "loader/limits/cgroup.h"

struct sbx_scope {
	bool wanted;
	char *program; /* sbx-scope */
};

/* Is there a manager to be asked, the system's for root and else the user's, and sbx-scope? scope->program is set by
 * the caller. Where only sbx-scope is missing, `why` says so. */
bool sbx_scope_possible(const struct sbx_scope *scope, const char **why);

/*
 * Have `child` put into a scope with `properties` (NAME=VALUE, NULL-terminated), in the caller's slice. 0, and the
 * scope as `cgroup`; or -1 with the reason in `why`, and none wanted: after 12 seconds, at the moment `by`
 * (CLOCK_MONOTONIC, nanoseconds), or as soon as a blocked signal that ends programs is pending.
 */
int sbx_scope_start(struct sbx_scope *scope, pid_t child, char **properties, int64_t by, struct sbx_cgroup *cgroup,
		    const char **why);

#endif
