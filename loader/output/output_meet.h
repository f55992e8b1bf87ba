/* SPDX-License-Identifier: MIT */
/*
 * output_meet.h -- an output where somebody else has put one of that name meanwhile.
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_MEET_H
#define SBX_LOADER_OUTPUT_OUTPUT_MEET_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * from/name, seen as `st`, is to become to/name, which is there. True when all is as if it had: they are equal files or
 * symlinks, or with `merge` directories, and what is in the one is in the other by now. What can't be is still in
 * `from`.
 */
bool sbx_output_meet(int from, int to, const char *name, const struct stat *st, bool merge);

#endif
