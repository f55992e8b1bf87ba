/* SPDX-License-Identifier: MIT */
/*
 * trust.c -- owner and mode, as stat(2) gives them; the bits are inode(7)'s, for <linux/stat.h> hides them from glibc.
 */
#include "shim/trust.h"

#include "shim/sticky.h"

#define TYPE 0170000u
#define DIRECTORY 0040000u

bool sbx_trust_open_to_others(uint32_t owner, uint32_t mode)
{
	const bool sticky = (mode & TYPE) == DIRECTORY && (mode & SBX_MODE_STICKY) && owner == 0;

	return !sticky && (mode & (SBX_MODE_GROUP_WRITES | SBX_MODE_OTHERS_WRITE));
}

bool sbx_trust_mode(uint32_t owner, uint32_t mode, uint32_t uid)
{
	return (owner == 0 || owner == uid) && !sbx_trust_open_to_others(owner, mode);
}
