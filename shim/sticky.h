/* SPDX-License-Identifier: MIT */
/*
 * sticky.h -- what the kernel refuses in directories like /tmp: fs.protected_symlinks, protected_fifos and
 * protected_regular, proc_sys_fs(5). It asks them of the process that follows or opens; where sbx does that for the
 * command, and then grants what it found, it asks them itself.
 */
#ifndef SBX_SHIM_STICKY_H
#define SBX_SHIM_STICKY_H

#include <stdbool.h>
#include <stdint.h>

#define SBX_MODE_STICKY 01000u
#define SBX_MODE_GROUP_WRITES 020u
#define SBX_MODE_OTHERS_WRITE 02u

#define SBX_SYSCTL_SYMLINKS "/proc/sys/fs/protected_symlinks"
#define SBX_SYSCTL_REGULAR "/proc/sys/fs/protected_regular"
#define SBX_SYSCTL_FIFOS "/proc/sys/fs/protected_fifos"

/*
 * May `uid` follow the symlink of `link_uid` that a path ends in, in a directory with `mode` that is `dir_uid`'s? Where
 * fs.protected_symlinks is on.
 */
static inline bool sbx_sticky_follows(uint32_t mode, uint32_t dir_uid, uint32_t link_uid, uint32_t uid)
{
	const uint32_t shared = SBX_MODE_STICKY | SBX_MODE_OTHERS_WRITE;

	return uid == link_uid || (mode & shared) != shared || dir_uid == link_uid;
}

/*
 * May `uid` open a file of `file_uid` that exists there with O_CREAT? `level` is fs.protected_regular's for a regular
 * file, fs.protected_fifos' for a fifo.
 */
static inline bool sbx_sticky_creates(int level, uint32_t mode, uint32_t dir_uid, uint32_t file_uid, uint32_t uid)
{
	if (level <= 0 || !(mode & SBX_MODE_STICKY) || file_uid == dir_uid || file_uid == uid)
		return true;
	return !(mode & SBX_MODE_OTHERS_WRITE) && !(level >= 2 && (mode & SBX_MODE_GROUP_WRITES));
}

#endif
