/* SPDX-License-Identifier: MIT */
/*
 * lookup.h -- what a look-up that failed says of the path. Only these errors are answers; after any other (no memory,
 * no descriptor, a broken disk) nothing is known of it, and whoever goes on as if nothing were there leaves out a
 * fence.
 */
#ifndef SBX_SHIM_LOOKUP_H
#define SBX_SHIM_LOOKUP_H

#include <asm/errno.h>

/* Nothing is there. */
static inline int sbx_lookup_absent(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR;
}

/* Nobody who may do what we may gets there: for what is granted where it can be had, and is not missed elsewhere. */
static inline int sbx_lookup_unreachable(int errnum)
{
	return sbx_lookup_absent(errnum) || errnum == EACCES || errnum == ELOOP || errnum == ENAMETOOLONG;
}

#endif
