/* SPDX-License-Identifier: MIT */
/*
 * mkfilter.c -- `mkfilter target|reaper <POLICY` writes one of a compiled policy's seccomp filters to standard output,
 * as `struct sock_filter` records: the raw floor holds sbx's own, and bwrap gets one by --seccomp, so that all have the
 * same to load.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "shim/blob.h"

int main(int argc, char **argv)
{
	static union {
		struct sbx_policy_blob policy;
		char bytes[1 << 20];
	} in;
	const size_t size = fread(in.bytes, 1, sizeof(in.bytes), stdin);
	const struct sbx_layer *floor;
	const void *blob = &in;
	struct sbx_span filter;

	if (argc != 2 || sbx_policy_check(&in, size) != 0) {
		fputs("usage: mkfilter target|reaper <POLICY\n", stderr);
		return 2;
	}
	filter = in.policy.reaper;
	if (strcmp(argv[1], "target") == 0) {
		floor = sbx_at(&in, in.policy.floor);
		filter = floor->filter;
		blob = floor;
	}
	return fwrite(sbx_at(blob, filter), 1, filter.len, stdout) == filter.len && fflush(stdout) == 0 ? 0 : 1;
}
