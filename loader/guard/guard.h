/* SPDX-License-Identifier: MIT */
/*
 * loader/guard -- what is written inside to be run outside: names that programs of the host execute or obey (fs.guard).
 * Below what may be written, those that exist are read-only; what has appeared is moved aside after the run.
 *
 * Used by: run, main.c.
 * Touches: the host's files below writable grants: looked at before, renamed after, never through a link.
 * UNTRUSTED: everything that the command left there.
 *
 * Includes: loader/base loader/plan shim
 */
#ifndef SBX_LOADER_GUARD_GUARD_H
#define SBX_LOADER_GUARD_GUARD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "loader/base/path_index.h"
#include "loader/base/vec.h"
#include "loader/plan/plan.h"

#define SBX_GUARD_LEFT_MOST 20000 /* entries that a look takes in */

/* A directory of the host's that may be written. */
struct sbx_guard_root {
	const char *path;
	struct stat st; /* as it was */
	bool more;      /* than was looked at before the run */
};

/* A directory in `dir` that something has been moved aside to. */
struct sbx_guard_kept {
	const char *dir, *name;
	int fd;
	dev_t dev;
	ino_t ino;
};

/* Something guarded that was there before the run. */
struct sbx_guard_item {
	const char *path;
	const char *text; /* of a symlink, which nothing makes read-only; or NULL */
	bool loose;       /* not read-only: package managers replace what is above it */
	struct stat st;   /* as it was */
};

struct sbx_guard {
	const struct sbx_policy_blob *policy;
	struct sbx_vec patterns;     /* const char *: those of the policy */
	struct sbx_vec roots;        /* struct sbx_guard_root */
	struct sbx_vec items;        /* struct sbx_guard_item */
	struct sbx_path_index index; /* the items, by path */
	struct sbx_vec absent;       /* char *: what git's configuration names, and isn't there */
	struct sbx_vec settings;     /* char *: "CONFIG KEY=VALUE" of git's configurations that may be written */
	struct timespec began;
	size_t left;        /* entries that may be looked at */
	size_t pinned;      /* mounts */
	const char *record; /* guard_record.h; NULL: none */
	int record_fd;
	/* After the run: */
	struct sbx_vec kept;     /* struct sbx_guard_kept */
	struct sbx_vec moved;    /* const char *: what is in them, by the path that it had */
	struct sbx_vec cut;      /* const char *: what was taken out of git's configurations: "CONFIG KEY=VALUE" */
	struct sbx_vec stuck;    /* const char *: what is still there, and why */
	struct sbx_vec replaced; /* const char *: what isn't what was there before */
	struct sbx_vec changed;  /* const char *: what is run by any name: Makefile, package.json */
	bool early;              /* the look has ended early, as it hadn't before the run */
};

/*
 * Before the run: look below what the plan has writable, and add what makes the guarded names there read-only; before
 * sbx_pin_protected(). -1 with err where nothing can, in place.
 */
int sbx_guard_plan(struct sbx_guard *guard, struct sbx_plan *plan, struct sbx_err *err);

/* Has the plan a directory of the host's that may be written? */
bool sbx_guard_writes(const struct sbx_plan *plan);

/* After it, when no process is left inside: move aside what has appeared. */
void sbx_guard_finish(struct sbx_guard *guard);

/* Say what was moved, with `hints` what can be done, and with `all` what else was changed that people run. */
void sbx_guard_report(const struct sbx_guard *guard, bool hints, bool all);

/* The same as a member of an object of JSON. */
void sbx_guard_json(const struct sbx_guard *guard, FILE *out);

#endif
