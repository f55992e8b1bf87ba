/* SPDX-License-Identifier: MIT */
/*
 * state.c -- prints what a program can notice about how it was started, so that a wrapped run can be compared with an
 * unwrapped one, line by line.
 *
 *   state args   argc, and each argument's length and bytes (hexadecimal beyond printable ASCII)
 *   state sum    argc and one checksum over all arguments
 *   state fds    which descriptors are open
 *   state env    the environment as the program got it, sorted by nothing
 *   state proc   umask, nice, rlimits, signal dispositions and mask, process group and session relative to the parent
 *   state pid    its process id
 *   state pdeathsig  what setting the parent-death signal gives
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/errname.h"

static void show_args(int argc, char **argv)
{
	printf("argc %d\n", argc);
	for (int i = 0; i < argc; i++) {
		printf("%d %zu ", i, strlen(argv[i]));
		for (const char *c = argv[i]; *c; c++)
			printf(*c > ' ' && *c < 127 ? "%c" : "\\%02x", (unsigned char)*c);
		printf("\n");
	}
}

static void show_sum(int argc, char **argv)
{
	uint64_t sum = 14695981039346656037u;

	for (int i = 0; i < argc; i++)
		for (size_t at = 0; at <= strlen(argv[i]); at += 1)
			sum = (sum ^ (unsigned char)argv[i][at]) * 1099511628211u;
	printf("argc %d sum %016llx\n", argc, (unsigned long long)sum);
}

static void show_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;

	if (!directory)
		exit(1);
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
			printf("fd %s\n", entry->d_name);
	closedir(directory);
}

static void show_proc(void)
{
	sigset_t blocked;
	mode_t mask = umask(0);

	printf("umask %03o\n", mask);
	printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		if (i != RLIMIT_CORE && i != RLIMIT_NPROC && getrlimit((__rlimit_resource_t)i, &limit) == 0)
			printf("rlimit %d %llu %llu\n", i, (unsigned long long)limit.rlim_cur,
			       (unsigned long long)limit.rlim_max);
	}
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	for (int i = 1; i < 32; i++) {
		struct sigaction action;

		if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			printf("signal %d ignored\n", i);
		if (sigismember(&blocked, i))
			printf("signal %d blocked\n", i);
	}
}

int main(int argc, char **argv, char **envp)
{
	const char *what = argc > 1 ? argv[1] : "args";

	if (strcmp(what, "fds") == 0)
		show_fds();
	else if (strcmp(what, "env") == 0)
		for (; *envp; envp++)
			puts(*envp);
	else if (strcmp(what, "proc") == 0)
		show_proc();
	else if (strcmp(what, "pid") == 0)
		printf("%d\n", getpid());
	else if (strcmp(what, "pdeathsig") == 0)
		printf("pdeathsig %s\n", errname(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 ? 0 : errno));
	else if (strcmp(what, "sum") == 0)
		show_sum(argc, argv);
	else
		show_args(argc, argv);
	return 0;
}
