/* SPDX-License-Identifier: MIT */
/*
 * write_some.h -- writing to what somebody else may have filled.
 */
#ifndef SBX_LOADER_BASE_WRITE_SOME_H
#define SBX_LOADER_BASE_WRITE_SOME_H

#include <sys/types.h>

/* write(2) of what a pipe, a socket or a terminal takes at once; EAGAIN where it takes nothing now. */
ssize_t sbx_write_some(int fd, const char *text, size_t len);

#endif
