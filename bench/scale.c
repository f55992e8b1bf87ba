/* SPDX-License-Identifier: MIT */
/*
 * scale.c -- what a start costs with many grants, and on a host with many mounts. The mounts stand in a namespace of
 * the harness's own, which ends with the child that made it.
 */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRANTS_MAX 1000

static void make_files(void)
{
	char *dir = bench_format("%s/grants", bench.work);

	mkdir(dir, 0755);
	for (unsigned i = 0; i < GRANTS_MAX; i++) {
		char *path = bench_format("%s/%u", dir, i);
		const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

		if (fd < 0)
			bench_die(path);
		close(fd);
		free(path);
	}
	free(dir);
}

/* The words of wrapper `name` with `count` grants of files in front of the command. */
static const char *const *with_grants(const char *name, unsigned count, bool bind)
{
	const char **options = bench_alloc((3 * (size_t)count + 2) * sizeof(*options));
	size_t words = 0;

	for (unsigned i = 0; i < count; i++) {
		char *file = bench_format("%%grants/%u", i);

		options[words++] = bind ? "--ro-bind" : "--ro";
		options[words++] = file;
		if (bind)
			options[words++] = file;
	}
	options[words] = "/usr/bin/true";
	return bench_wrap(name, options);
}

void bench_section_grants(void)
{
	static const unsigned counts[] = { 1, 12, 100, GRANTS_MAX };
	static const struct {
		const char *name;
		bool bind;
	} wrappers[] = { { "sbx-inplace", false }, { "sbx-full", false }, { "bwrap-net-seccomp", true } };
	struct bench_candidate candidates[1 + BENCH_COUNT(counts) * BENCH_COUNT(wrappers)] = { *bench_find("true") };
	size_t count = 1;

	make_files();
	for (size_t i = 0; i < BENCH_COUNT(counts); i++)
		for (size_t j = 0; j < BENCH_COUNT(wrappers); j++)
			candidates[count++] = (struct bench_candidate){
				.name = bench_format("%s-%u", wrappers[j].name, counts[i]),
				.argv = with_grants(wrappers[j].name, counts[i], wrappers[j].bind),
				.peer = bench_format("bwrap-net-seccomp-%u", counts[i]),
				.filter = wrappers[j].bind,
			};
	bench_report("grants", "With 1 to 1000 granted files", bench_series(candidates, count, (bench.rounds + 2) / 3),
		     count);
}

/* Mounts of our own below work/mounts, which nobody else sees. */
static bool make_mounts(unsigned count)
{
	const char *dir = bench_format("%s/mounts", bench.work);

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    (mkdir(dir, 0755) < 0 && errno != EEXIST) || mount("tmpfs", dir, "tmpfs", 0, "mode=755") < 0)
		return false;
	for (unsigned i = 0; i < count; i++) {
		char *path = bench_format("%s/%u", dir, i);

		if (mkdir(path, 0755) < 0 || mount("tmpfs", path, "tmpfs", 0, "size=4096") < 0)
			return false;
		free(path);
	}
	return true;
}

/* In the child that holds the mounts. */
static void with_mounts(unsigned count)
{
	static const char *const names[] = { "true",      "floor-nonet", "floor-full",    "sbx-inplace",
					     "sbx-nonet", "sbx-full",    "bwrap-seccomp", "bwrap-net-seccomp" };
	struct bench_candidate candidates[BENCH_COUNT(names)];
	char *name = bench_format("mounts-%u", count);
	char *title = bench_format("On a host with %u mounts more", count);

	if (!make_mounts(count)) {
		bench_title(bench_format("Mounts: no namespace for them: %s", strerror(errno)));
		return;
	}
	for (size_t i = 0; i < BENCH_COUNT(names); i++)
		candidates[i] = *bench_find(names[i]);
	bench_report(name, title, bench_series(candidates, BENCH_COUNT(names), bench.rounds), BENCH_COUNT(names));
}

void bench_section_mounts(void)
{
	static const unsigned counts[] = { 0, 100, 400 };

	/* A user's mounts take a user namespace: root's files are nobody's there, and sbx-wrap trusts no cache of
	 * theirs. */
	if (geteuid() != 0) {
		bench_title("On a host with many mounts: only root can measure that");
		return;
	}
	for (size_t i = 0; i < BENCH_COUNT(counts); i++) {
		pid_t child;

		fflush(NULL);
		child = fork();
		if (child == 0) {
			with_mounts(counts[i]);
			fflush(NULL);
			_exit(0);
		}
		if (child < 0 || waitpid(child, NULL, 0) < 0)
			bench_die("fork");
	}
}
