/* SPDX-License-Identifier: MIT */
/*
 * kept.c -- lines "TIME DEVICE INODE DIRECTORY COMMAND" in a file of the cache directory, appended each by one
 * write(2). In names all that is no plain character is %XX, so that no name makes a line. What can't be listed is still
 * where the message says.
 */
#include "loader/run/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/escape.h"
#include "loader/base/memory.h"
#include "loader/guard/guard_record.h"
#include "loader/policy/policy_cache.h"
#include "loader/run/run.h"
#include "shim/paths.h"

/* sbx-policy holds the lock while it writes the list anew; a stopped one is not waited for. */
#define ATTEMPTS 20
#define ATTEMPT_NS 10000000

static const char *cache_of(const struct sbx_run *run)
{
	const char *home = sbx_str(run->policy, run->policy->strings, run->policy->home);

	return sbx_cache_dir(geteuid(), *home ? home : NULL, run->programs.nested);
}

static int open_list(const struct sbx_run *run)
{
	const char *dir = cache_of(run);
	const struct timespec pause = { .tv_nsec = ATTEMPT_NS };
	struct stat st;
	int fd;

	if (!dir)
		return -1;
	fd = open(sbx_join(dir, "/" SBX_KEPT_LIST),
		  O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())) {
		close(fd);
		return -1;
	}
	for (int i = 0; fd >= 0 && i < ATTEMPTS && flock(fd, LOCK_EX | LOCK_NB) < 0; i++)
		nanosleep(&pause, NULL);
	return fd;
}

/* False when it can't be listed. */
static bool record(const struct sbx_run *run, int fd, const char *path, dev_t dev, ino_t ino)
{
	const char *line = sbx_format("%lld %llu %llu %s %s\n", (long long)time(NULL), (unsigned long long)dev,
				      (unsigned long long)ino, sbx_escape(path), sbx_escape(run->target.name));

	return fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);
}

bool sbx_kept_record(const struct sbx_run *run)
{
	cleanup_fd int fd = -1;
	bool some = false;

	for (size_t i = 0; i < run->stage.dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&run->stage.dirs, i);

		if (!dir->kept || !dir->kept_ino)
			continue;
		if (!some)
			fd = open_list(run);
		some = true;
		if (!record(run, fd, sbx_join(dir->dir[1] ? dir->dir : "", "/", dir->name), dir->kept_dev,
			    dir->kept_ino))
			return false;
	}
	return some;
}

static void record_guarded(const struct sbx_run *run, const struct sbx_guard *guard)
{
	cleanup_fd int fd = guard->kept.count ? open_list(run) : -1;

	for (size_t i = 0; i < guard->kept.count; i++) {
		const struct sbx_guard_kept *kept = sbx_vec_at(&guard->kept, i);

		record(run, fd, sbx_join(kept->dir[1] ? kept->dir : "", "/", kept->name), kept->dev, kept->ino);
	}
}

void sbx_kept_guard_begin(struct sbx_run *run)
{
	sbx_guard_record(&run->guard, run->guard.roots.count ? cache_of(run) : NULL);
}

void sbx_kept_guard_end(struct sbx_run *run)
{
	sbx_guard_finish(&run->guard);
	record_guarded(run, &run->guard);
	sbx_guard_forget(&run->guard);
}

void sbx_kept_guard_left(const struct sbx_run *run)
{
	const bool looks = run->watched && !run->options.dry_run && sbx_guard_writes(&run->plan);
	const char *cache = looks ? cache_of(run) : NULL;
	struct sbx_guard left;

	while (cache && sbx_guard_left(&left, cache)) {
		sbx_guard_finish(&left);
		record_guarded(run, &left);
		sbx_guard_report(&left, !run->options.quiet, false);
	}
}
