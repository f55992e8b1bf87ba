/* SPDX-License-Identifier: MIT */
/*
 * cleanup.h -- descriptors that are closed where their variable ends.
 */
#ifndef SBX_LOADER_BASE_CLEANUP_H
#define SBX_LOADER_BASE_CLEANUP_H

#include <unistd.h>

static inline void sbx_cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define cleanup_fd __attribute__((cleanup(sbx_cleanup_fd)))

#endif
