/* SPDX-License-Identifier: MIT */
/*
 * landlock_rights.h -- Landlock's access rights: bit, ABI that brought it, and whether a rule on a file may carry it;
 * landlock(7). Debian 12's header ends at ABI 2, so the names are our own; conf/compile/landlock_rights.c holds them
 * against the kernel's.
 */
#ifndef SBX_SHIM_LANDLOCK_RIGHTS_H
#define SBX_SHIM_LANDLOCK_RIGHTS_H

#define SBX_LANDLOCK_ABI_MAX 11u /* the newest that is known here; a newer kernel is used as this one */

/* X(name, bit, abi, on_file) */
/* clang-format off */
#define SBX_FS_RIGHTS(X) \
	X(EXECUTE, 0, 1, 1) \
	X(WRITE_FILE, 1, 1, 1) \
	X(READ_FILE, 2, 1, 1) \
	X(READ_DIR, 3, 1, 0) \
	X(REMOVE_DIR, 4, 1, 0) \
	X(REMOVE_FILE, 5, 1, 0) \
	X(MAKE_CHAR, 6, 1, 0) \
	X(MAKE_DIR, 7, 1, 0) \
	X(MAKE_REG, 8, 1, 0) \
	X(MAKE_SOCK, 9, 1, 0) \
	X(MAKE_FIFO, 10, 1, 0) \
	X(MAKE_BLOCK, 11, 1, 0) \
	X(MAKE_SYM, 12, 1, 0) \
	X(REFER, 13, 2, 0) \
	X(TRUNCATE, 14, 3, 1) \
	X(IOCTL_DEV, 15, 5, 1) \
	X(RESOLVE_UNIX, 16, 9, 1)
/* clang-format on */
#define SBX_NET_RIGHTS(X) \
	X(BIND_TCP, 0, 4, 0) X(CONNECT_TCP, 1, 4, 0) X(BIND_UDP, 2, 10, 0) X(CONNECT_SEND_UDP, 3, 10, 0)
#define SBX_SCOPES(X) X(ABSTRACT_UNIX_SOCKET, 0, 6, 0) X(SIGNAL, 1, 6, 0)

/* SBX_FS_READ_FILE is the right's bit, SBX_FS_READ_FILE_ABI the first ABI that knows it. */
enum sbx_fs_right {
#define X(name, bit, abi, on_file) SBX_FS_##name = 1 << (bit), SBX_FS_##name##_ABI = (abi),
	SBX_FS_RIGHTS(X)
#undef X
};
enum sbx_net_right {
#define X(name, bit, abi, on_file) SBX_NET_##name = 1 << (bit), SBX_NET_##name##_ABI = (abi),
	SBX_NET_RIGHTS(X)
#undef X
};
enum sbx_scope {
#define X(name, bit, abi, on_file) SBX_SCOPE_##name = 1 << (bit), SBX_SCOPE_##name##_ABI = (abi),
	SBX_SCOPES(X)
#undef X
};
#define SBX_RESTRICT_TSYNC (1u << 3) /* landlock_restrict_self(2): all threads of the process */
#define SBX_RESTRICT_TSYNC_ABI 8u

#endif
