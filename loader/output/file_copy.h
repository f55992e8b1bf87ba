/* SPDX-License-Identifier: MIT */
/*
 * file_copy.h -- a copy of a file that can't be told from it: contents, mode, owner, times.
 */
#ifndef SBX_LOADER_OUTPUT_FILE_COPY_H
#define SBX_LOADER_OUTPUT_FILE_COPY_H

#include <sys/stat.h>

/*
 * Copy from/name, which was seen as `st`, to to/name, which doesn't exist; `made` is what it is then. Returns 1, 0 when
 * the copy could be told (several links, another owner, extended attributes) or there is something else by now, or -1
 * with errno.
 */
int sbx_copy_file(int from, int to, const char *name, const struct stat *st, struct stat *made);

#endif
