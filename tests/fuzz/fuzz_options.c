/* SPDX-License-Identifier: MIT */
/*
 * fuzz_options.c -- command lines: NUL-separated arguments.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/cli/options.h"
#include "tests/fuzz/fuzz.h"

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = sbx_strndup((const char *)data, size), *argv[ARGS_MAX + 1] = { NULL };
	struct sbx_options options;
	struct sbx_err err;
	int argc = 0;

	for (size_t at = 0; at < size && argc < ARGS_MAX; at += strlen(text + at) + 1)
		argv[argc++] = text + at;
	if (argc)
		sbx_options_parse(&options, argc, argv, &err);
	return 0;
}

size_t sbx_fuzz_seed(uint8_t *seed, size_t room)
{
	static const char args[] = "sbx-wrap\0--ro\0/a\0--size\0"
				   "64M\0--tmpfs=/b\0-p\0x\0--setenv\0A\0B\0--best-effort\0net,pid\0"
				   "--keep-fd\0"
				   "7\0--set\0net=none\0-vq\0--\0cmd\0--rw";

	if (sizeof(args) > room)
		return 0;
	memcpy(seed, args, sizeof(args));
	return sizeof(args);
}
