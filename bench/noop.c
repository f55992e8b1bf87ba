/* SPDX-License-Identifier: MIT */
/*
 * noop.c -- the wrapper that does nothing: what one more static exec costs. Without a command, a static program that
 * ends.
 */
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 0;
	execv(argv[1], argv + 1);
	return 127;
}
