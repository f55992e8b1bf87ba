/*
 * cleanup.h -- what is released at the end of its block.
 */
#ifndef SBX_CLEANUP_H
#define SBX_CLEANUP_H

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

#define SBX_CLEANUP_FD __attribute__((cleanup(sbx_cleanup_fd)))
#define SBX_CLEANUP_FREE __attribute__((cleanup(sbx_cleanup_free)))

#endif
