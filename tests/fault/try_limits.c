/* SPDX-License-Identifier: MIT */
/*
 * try_limits.c -- fork(2) and malloc(3) until it is enough.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/report.h"
#include "tests/tools/errname.h"

#define PROCESSES 100
#define MEMORY (96u << 20)

void try_limits(void)
{
	pid_t children[PROCESSES], child;
	int count = 0, status = 0;

	while (count < PROCESSES && (children[count] = fork()) > 0)
		count++;
	if (count < PROCESSES && children[count] == 0)
		for (;;)
			pause();
	say("processes %d %s\n", count, errname(count < PROCESSES ? errno : 0));
	for (int i = 0; i < count; i++)
		kill(children[i], SIGKILL);
	for (int i = 0; i < count; i++)
		waitpid(children[i], NULL, 0);
	child = fork();
	if (child == 0) {
		char *memory = malloc(MEMORY);

		for (size_t i = 0; memory && i < MEMORY; i += 4096)
			*(volatile char *)(memory + i) = 1;
		_exit(!memory);
	}
	if (child > 0)
		waitpid(child, &status, 0);
	say("memory %d\n", child < 0 ? -1 : status);
}
