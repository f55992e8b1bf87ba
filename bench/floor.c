/* SPDX-License-Identifier: MIT */
/*
 * floor.c -- the yardstick: `floor MODE CMD ARG...` confines as sbx-wrap's default profile does, from tables that stand
 * in the program. No options, no policy, no search, no reports, no signals that are passed on: what is left is what the
 * kernel charges for the isolation. Static and with musl, as sbx-wrap is. One Landlock layer and one filter; sbx's shim
 * adds a second of each. Needs Linux 5.13.
 */
#include "bench/floor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSE_RANGE_CLOEXEC_ 4
#define NO_NET (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP)

extern char **environ;

static const struct mode {
	const char *name;
	unsigned long namespaces;
	bool lean;
} modes[] = {
	{ "inplace", 0, false },
	{ "nonet", NO_NET, false },
	{ "full", NO_NET | CLONE_NEWNET, false },
	{ "lean", NO_NET | CLONE_NEWNET, true },
};

_Noreturn void floor_die(const char *what)
{
	dprintf(STDERR_FILENO, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

static void put(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		floor_die(path);
	close(fd);
}

/* One id, the caller's own; and no user namespaces below. */
static void map_ids(uid_t uid, gid_t gid)
{
	char map[64];

	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	put("/proc/self/uid_map", map);
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	put("/proc/self/gid_map", map);
	put("/proc/sys/user/max_user_namespaces", "0");
}

_Noreturn static void become(bool in_root, char **argv)
{
	const struct rlimit no_core = { 1, 1 };

	syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC_);
	setrlimit(RLIMIT_CORE, &no_core);
	floor_filter(in_root);
	execve(argv[0], argv, environ);
	floor_die(argv[0]);
}

/* Process 1: the command's parent, with nothing in its hands. */
_Noreturn static void reap(pid_t target)
{
	int status = 0;

	syscall(SYS_close_range, 0, ~0u, 0);
	floor_filter_reaper();
	while (waitpid(-1, &status, 0) != target)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

_Noreturn static void inside(const struct mode *mode, uid_t uid, gid_t gid, char **argv)
{
	pid_t target;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	map_ids(uid, gid);
	floor_root(mode->lean);
	floor_fences(true);
	prctl(PR_SET_DUMPABLE, 0);
	target = vfork(); /* it only goes on to exec */
	if (target < 0)
		floor_die("vfork");
	if (target == 0)
		become(true, argv);
	reap(target);
}

static int outside(pid_t child)
{
	int status = 0;

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	if (waitpid(child, &status, 0) < 0)
		floor_die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct mode *mode = argc > 2 ? find_mode(argv[1]) : NULL;
	const uid_t uid = geteuid();
	const gid_t gid = getegid();
	long child;

	if (!mode) {
		dprintf(STDERR_FILENO, "usage: floor inplace|nonet|full|lean CMD [ARG...]\n");
		return 2;
	}
	if (!mode->namespaces) {
		floor_fences(false);
		become(false, argv + 2);
	}
	child = syscall(SYS_clone, mode->namespaces | SIGCHLD, 0, 0, 0, 0);
	if (child < 0)
		floor_die("new namespaces");
	if (child == 0)
		inside(mode, uid, gid, argv + 2);
	return outside((pid_t)child);
}
