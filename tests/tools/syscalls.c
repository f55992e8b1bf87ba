/* SPDX-License-Identifier: MIT */
/*
 * syscalls.c -- tries every system call that a sandbox must never let through, with arguments that do no harm, and
 * prints `name errno` for each. What runs it compares a run inside with one outside: a call that gives another errno
 * outside was stopped by the fence and not by the kernel's own checks.
 *
 *   syscalls            the table
 *   syscalls tty        the ioctls that inject into a terminal, on standard input
 *   syscalls int80|x32  one call through the foreign entry: must kill
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/dangerous.h"
#include "tests/tools/errname.h"

/* In a child: some of the calls change the caller where they work. */
static void try(const struct attempt *attempt)
{
	const long *arg = attempt->arg;
	int pipe_fds[2];
	int err = -1;
	pid_t child;

	if (pipe(pipe_fds) != 0)
		return;
	child = fork();
	if (child == 0) {
		long result = syscall(attempt->nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);

		err = result < 0 ? errno : 0;
		_exit(write(pipe_fds[1], &err, sizeof(err)) != sizeof(err));
	}
	close(pipe_fds[1]);
	if (child < 0 || read(pipe_fds[0], &err, sizeof(err)) != sizeof(err))
		printf("%s died\n", attempt->name);
	else
		printf("%s %s\n", attempt->name, errname(err));
	close(pipe_fds[0]);
	fflush(stdout);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void try_tty(void)
{
	static const struct {
		const char *name;
		unsigned long request;
	} requests[] = {
		{ "TIOCSTI", 0x5412 },   { "TIOCSTI_high", 0x100005412 },
		{ "TIOCLINUX", 0x541c }, { "TIOCLINUX_high", 0x10000541c },
		{ "TIOCSETD", 0x5423 },
	};
	char injected[] = "I";

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		long result = syscall(SYS_ioctl, 0L, requests[i].request, injected);

		printf("%s %s\n", requests[i].name, errname(result < 0 ? errno : 0));
	}
}

static int foreign_entry(const char *which)
{
#ifdef __x86_64__
	if (strcmp(which, "int80") == 0) {
		long result;

		/* 20 is getpid there, writev here */
		__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
		printf("int80 getpid %ld\n", result);
	} else {
		long result = syscall(0x40000000L + SYS_getpid);

		printf("x32 getpid %ld %s\n", result, errname(result < 0 ? errno : 0));
	}
	return 0;
#else
	printf("%s: not on this architecture\n", which);
	return 2;
#endif
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "tty") == 0) {
		try_tty();
		return 0;
	}
	if (argc > 1)
		return foreign_entry(argv[1]);
	for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++)
		try(&dangerous[i]);
	return 0;
}
