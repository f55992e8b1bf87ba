/* SPDX-License-Identifier: MIT */
/*
 * cleanup.h -- what is released at the end of its block.
 */
#ifndef SBX_CONF_BASE_CLEANUP_H
#define SBX_CONF_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void sbx_cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
static inline void sbx_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}
static inline void sbx_cleanup_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define SBX_CLEANUP_FILE __attribute__((cleanup(sbx_cleanup_file)))
#define SBX_CLEANUP_FD __attribute__((cleanup(sbx_cleanup_fd)))
#define SBX_CLEANUP_FREE __attribute__((cleanup(sbx_cleanup_free)))

#endif
