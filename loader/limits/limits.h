/* SPDX-License-Identifier: MIT */
/*
 * limits.h -- which limit is held by what: a cgroup, a resource limit of the process, the waiting loader; or by
 * nothing.
 *
 * Used by: run, main.c.
 * Touches: cgroup v2, resource limits, the user manager of systemd (by sbx-scope, a program of its own).
 * Includes: loader/base shim
 */
#ifndef SBX_LOADER_LIMITS_LIMITS_H
#define SBX_LOADER_LIMITS_LIMITS_H

#include <sys/types.h>

#include "loader/limits/cgroup.h"
#include "loader/limits/io_device.h"
#include "loader/limits/limits_table.h"
#include "loader/limits/systemd_scope.h"
#include "shim/blob.h"

enum sbx_held {
	SBX_HELD_NOT, /* unlimited, or a default that can't be had here */
	SBX_HELD_CGROUP,
	SBX_HELD_RLIMIT, /* setrlimit(2) */
	SBX_HELD_LOADER, /* the waiting loader's clock */
	SBX_HELD__COUNT
};

struct sbx_limits {
	enum sbx_held held[SBX_LIMIT__COUNT];
	uint32_t lifted;                  /* bits 1 << id: somebody else has, while the command ran */
	uint32_t named;                   /* bits 1 << id: held, or nothing runs */
	uint64_t value[SBX_LIMIT__COUNT]; /* the policy's, or what is less of the caller's own cgroup's */
	char disk[SBX_IO_DEVICE_MAX];     /* whose I/O is limited; "" where none is, or none is to be */
	struct sbx_cgroup cgroup;
	struct sbx_scope scope;
	int64_t wall_by; /* when limits.wall ends; 0: its time hasn't begun */
	bool late;       /* clone3(2) is not to be had: the process is moved into the cgroup */
	bool lingers;    /* a scope goes with its last process: the reaper, if there is one, waits at its end until the
			    account is taken */
	unsigned int extra; /* processes of sbx's own that count: PID 1 */
	uint64_t largest;   /* set before: bytes of the largest file that is changed; limits.output is for what comes on
			       top */
	bool file_by_output; /* limits.output allows a file less than limits.file_size does */
	const char *why;     /* there is no cgroup, or a limit can't be had in it; NULL before it is known */
	const char *reason[SBX_LIMIT__COUNT]; /* why this one isn't held, where that is another reason; or NULL */
};

/* Before anything else: nothing is held, and there is nothing to remove. */
void sbx_limits_init(struct sbx_limits *limits);

/*
 * Decide, and make the cgroup. What a file or an option names and can't be held is an error with err filled, unless the
 * policy lists "limits" in best_effort. `cwd` tells the disk that limits.io means. `watched`: somebody waits for the
 * command.
 */
int sbx_limits_plan(struct sbx_limits *limits, const struct sbx_policy_blob *policy, const char *cwd, bool watched,
		    struct sbx_err *err);

/*
 * After the process `child` was made and before it does anything: where only systemd's user manager can give a cgroup,
 * have it put there. Only where sbx_limits_holds_child(). -1 with err.
 */
int sbx_limits_adopt(struct sbx_limits *limits, const struct sbx_policy_blob *policy, pid_t child, struct sbx_err *err);

/*
 * For a dry run, where systemd is to give a cgroup: have it give one to a process that does nothing and then ends, so
 * that `limits` says what a run would get. -1 with err, as a run would fail.
 */
int sbx_limits_try_scope(struct sbx_limits *limits, const struct sbx_policy_blob *policy, struct sbx_err *err);

/* In the process that becomes the target, last: its resource limits. -1 with err. */
int sbx_limits_apply(const struct sbx_limits *limits, struct sbx_err *err);

/* When the time is over that limits.wall gives, or SBX_NEVER: it begins with the first call, before systemd is asked or
 * the command is waited for. */
int64_t sbx_limits_wall_by(struct sbx_limits *limits);

/* Must the child wait for sbx_limits_adopt? */
bool sbx_limits_holds_child(const struct sbx_limits *limits);

/* Why nothing holds it. */
const char *sbx_limits_why(const struct sbx_limits *limits, enum sbx_limit_id id);

/* Will the child be in a cgroup of its own? */
bool sbx_limits_has_cgroup(const struct sbx_limits *limits);

/* Are they what was written into the cgroup, still? Before it goes: those that aren't are held by nothing. */
void sbx_limits_look(struct sbx_limits *limits);

/* Tell of those that were named and lifted, and remove the cgroup. */
void sbx_limits_finish(struct sbx_limits *limits);

#endif
