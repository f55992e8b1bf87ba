/*
 * landlock_rights.h -- Landlock's access rights: bit, ABI that brought it, and whether a rule on a file may carry it;
 * landlock(7).
 */
#ifndef SBX_CONF_COMPILE_LANDLOCK_RIGHTS_H
#define SBX_CONF_COMPILE_LANDLOCK_RIGHTS_H

#include <stdint.h>

#define SBX_LANDLOCK_ABI_MAX 11u /* the newest that is known here; a newer kernel is used as this one */

/* X(name, bit, abi, on_file). Debian 12's header ends at ABI 2, so these are our own. */
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

enum sbx_fs_right {
#define X(name, bit, abi, on_file) SBX_FS_##name = 1 << (bit),
	SBX_FS_RIGHTS(X)
#undef X
};
enum sbx_net_right {
#define X(name, bit, abi, on_file) SBX_NET_##name = 1 << (bit),
	SBX_NET_RIGHTS(X)
#undef X
};
enum sbx_scope {
#define X(name, bit, abi, on_file) SBX_SCOPE_##name = 1 << (bit),
	SBX_SCOPES(X)
#undef X
};
#define SBX_NET_TCP_ABI 4u           /* the first with ports, of TCP */
#define SBX_NET_UDP_ABI 10u          /* and of UDP */
#define SBX_RESTRICT_TSYNC (1u << 3) /* landlock_restrict_self(2), ABI 8: all threads of the process */
#define SBX_RESTRICT_TSYNC_ABI 8u

/* What reading and writing a tree mean. Nobody needs to make device nodes. REFER is given on / alone. */
#define SBX_RIGHTS_READ ((uint64_t)(SBX_FS_READ_FILE | SBX_FS_READ_DIR))
#define SBX_RIGHTS_EXEC ((uint64_t)SBX_FS_EXECUTE)
#define SBX_RIGHTS_WRITE                                                                                             \
	((uint64_t)(SBX_FS_WRITE_FILE | SBX_FS_REMOVE_DIR | SBX_FS_REMOVE_FILE | SBX_FS_MAKE_DIR | SBX_FS_MAKE_REG | \
		    SBX_FS_MAKE_SOCK | SBX_FS_MAKE_FIFO | SBX_FS_MAKE_SYM | SBX_FS_TRUNCATE))

/* All rights that the ABI knows. */
uint64_t sbx_rights_fs(unsigned int abi);
uint64_t sbx_rights_net(unsigned int abi);
uint64_t sbx_rights_scoped(unsigned int abi);

/* Those of `access` that a rule on something other than a directory may carry. */
uint64_t sbx_rights_file(uint64_t access);

#endif
