/* SPDX-License-Identifier: MIT */
/*
 * cgroup.h -- a leaf of cgroup v2 for one run; cgroups(7), the kernel's Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef SBX_LOADER_LIMITS_CGROUP_H
#define SBX_LOADER_LIMITS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "shim/err.h"
#include "shim/steps.h"

/* Which controllers: bits 1 << enum sbx_controller. */
#define SBX_CONTROLLERS(X) X(MEMORY, "memory") X(PIDS, "pids") X(CPU, "cpu") X(IO, "io")
enum sbx_controller {
#define X(id, name) SBX_CONTROLLER_##id,
	SBX_CONTROLLERS(X)
#undef X
		SBX_CONTROLLER__COUNT
};

struct sbx_cgroup {
	int dir;       /* the leaf, or -1: there is none */
	int parent;    /* where it lies, when we made it; else -1 */
	char name[32]; /* in parent */
	uint32_t has;  /* controllers that are enabled in it */
};

/*
 * A look-up of what a limit is planned by has failed: unless the error is an answer, nobody knows what is there, and
 * sbx_cgroup_check() is -1 with the first such error. Without: 0.
 */
void sbx_cgroup_expect(int errnum, const char *what);
int sbx_cgroup_check(struct sbx_err *err);

/*
 * Make a leaf beside the caller's own cgroup (below it when that is the topmost one) with as many of the controllers
 * `wanted` as are to be had, and sweep what killed runs have left there. Returns 0, or -1 with the reason in `why`
 * (static text): nothing has been made then.
 */
int sbx_cgroup_make(struct sbx_cgroup *cgroup, uint32_t wanted, const char **why);

/* Write `text` to one of its files. -1 with errno set. */
int sbx_cgroup_set(const struct sbx_cgroup *cgroup, const char *file, const char *text);

/*
 * The number in one of its files, behind `key` and a space when that is given; "max" is UINT64_MAX. Sums over devices
 * where `key` ends in '='. False when there is none.
 */
bool sbx_cgroup_get(const struct sbx_cgroup *cgroup, const char *file, const char *key, uint64_t *value);

/* The number alone in one of the files of the caller's own cgroup. */
bool sbx_cgroup_own(const char *file, uint64_t *value);

/*
 * The path of a process's cgroup, or of the caller's own, as fresh memory. UNTRUSTED in part: chosen by whoever made
 * the cgroup. NULL when it lies outside of this cgroup namespace, or without v2.
 */
char *sbx_cgroup_path(pid_t pid);
char *sbx_cgroup_own_path(void);

/* Kill what is left in it, and remove it; harmless when there is none. */
void sbx_cgroup_remove(struct sbx_cgroup *cgroup);

/* Where cgroup v2 is mounted, or NULL. */
const char *sbx_cgroup_mount(void);

/* The directory of the cgroup `path` (as /proc/PID/cgroup has it) as a descriptor, or -1 with errno set. */
int sbx_cgroup_open(const char *path);

#endif
