/* SPDX-License-Identifier: MIT */
/*
 * flood.c -- flood N: hostile before its shim, in an IFUNC resolver: finds the pipe to the waiting sbx-wrap and floods
 * it from 40 processes with what are no messages, for ever.
 */
#include "shim/sys.h"

#define PROCESSES 40
#define SIGCHLD_ 17

static int harmless(void)
{
	return 0;
}

static void flood(int fd)
{
	for (int i = 0; i < PROCESSES; i++)
		if (sbx_sys(__NR_clone, SIGCHLD_, 0, 0, 0) == 0)
			break;
	for (;;)
		sbx_sys(__NR_write, fd, "x", 1, 0);
}

__attribute__((used)) static int (*resolve(void))(void)
{
	for (int fd = 3; fd < 100; fd++)
		if (sbx_sys(__NR_write, fd, "x", 1, 0) == 1)
			flood(fd);
	return harmless;
}

int chosen(void) __attribute__((ifunc("resolve")));
int (*volatile keep)(void) = chosen;

int main(void)
{
	return keep() + 99; /* there was no pipe */
}
