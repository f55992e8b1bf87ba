/* SPDX-License-Identifier: MIT */
/*
 * landlock_rights.c -- the table of rights, asked by ABI; checked against the kernel's header as far as that goes.
 */
#include "conf/compile/landlock_rights.h"

#include <stddef.h>

#include <linux/landlock.h>

_Static_assert(SBX_FS_EXECUTE == LANDLOCK_ACCESS_FS_EXECUTE, "EXECUTE");
_Static_assert(SBX_FS_WRITE_FILE == LANDLOCK_ACCESS_FS_WRITE_FILE, "WRITE_FILE");
_Static_assert(SBX_FS_READ_FILE == LANDLOCK_ACCESS_FS_READ_FILE, "READ_FILE");
_Static_assert(SBX_FS_READ_DIR == LANDLOCK_ACCESS_FS_READ_DIR, "READ_DIR");
_Static_assert(SBX_FS_REMOVE_DIR == LANDLOCK_ACCESS_FS_REMOVE_DIR, "REMOVE_DIR");
_Static_assert(SBX_FS_REMOVE_FILE == LANDLOCK_ACCESS_FS_REMOVE_FILE, "REMOVE_FILE");
_Static_assert(SBX_FS_MAKE_CHAR == LANDLOCK_ACCESS_FS_MAKE_CHAR, "MAKE_CHAR");
_Static_assert(SBX_FS_MAKE_DIR == LANDLOCK_ACCESS_FS_MAKE_DIR, "MAKE_DIR");
_Static_assert(SBX_FS_MAKE_REG == LANDLOCK_ACCESS_FS_MAKE_REG, "MAKE_REG");
_Static_assert(SBX_FS_MAKE_SOCK == LANDLOCK_ACCESS_FS_MAKE_SOCK, "MAKE_SOCK");
_Static_assert(SBX_FS_MAKE_FIFO == LANDLOCK_ACCESS_FS_MAKE_FIFO, "MAKE_FIFO");
_Static_assert(SBX_FS_MAKE_BLOCK == LANDLOCK_ACCESS_FS_MAKE_BLOCK, "MAKE_BLOCK");
_Static_assert(SBX_FS_MAKE_SYM == LANDLOCK_ACCESS_FS_MAKE_SYM, "MAKE_SYM");
#ifdef LANDLOCK_ACCESS_FS_REFER
_Static_assert(SBX_FS_REFER == LANDLOCK_ACCESS_FS_REFER, "REFER");
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
_Static_assert(SBX_FS_TRUNCATE == LANDLOCK_ACCESS_FS_TRUNCATE, "TRUNCATE");
#endif
#ifdef LANDLOCK_ACCESS_FS_IOCTL_DEV
_Static_assert(SBX_FS_IOCTL_DEV == LANDLOCK_ACCESS_FS_IOCTL_DEV, "IOCTL_DEV");
#endif
#ifdef LANDLOCK_ACCESS_FS_RESOLVE_UNIX
_Static_assert(SBX_FS_RESOLVE_UNIX == LANDLOCK_ACCESS_FS_RESOLVE_UNIX, "RESOLVE_UNIX");
#endif
#ifdef LANDLOCK_ACCESS_NET_BIND_TCP
_Static_assert(SBX_NET_BIND_TCP == LANDLOCK_ACCESS_NET_BIND_TCP, "BIND_TCP");
_Static_assert(SBX_NET_CONNECT_TCP == LANDLOCK_ACCESS_NET_CONNECT_TCP, "CONNECT_TCP");
#endif
#ifdef LANDLOCK_SCOPE_SIGNAL
_Static_assert(SBX_SCOPE_SIGNAL == LANDLOCK_SCOPE_SIGNAL, "SIGNAL");
#endif

struct right {
	uint64_t bit;
	unsigned int abi;
	unsigned int on_file;
};

#define X(name, nr, since, file) { .bit = UINT64_C(1) << (nr), .abi = (since), .on_file = (file) },
static const struct right fs[] = { SBX_FS_RIGHTS(X) };
static const struct right net[] = { SBX_NET_RIGHTS(X) };
static const struct right scopes[] = { SBX_SCOPES(X) };
#undef X

static uint64_t rights_since(const struct right *rights, size_t count, unsigned int abi)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < count; i++)
		if (rights[i].abi <= abi)
			bits |= rights[i].bit;
	return bits;
}

uint64_t sbx_rights_fs(unsigned int abi)
{
	return rights_since(fs, sizeof(fs) / sizeof(fs[0]), abi);
}

uint64_t sbx_rights_net(unsigned int abi)
{
	return rights_since(net, sizeof(net) / sizeof(net[0]), abi);
}

uint64_t sbx_rights_scoped(unsigned int abi)
{
	return rights_since(scopes, sizeof(scopes) / sizeof(scopes[0]), abi);
}

uint64_t sbx_rights_file(uint64_t access)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < sizeof(fs) / sizeof(fs[0]); i++)
		if (fs[i].on_file)
			bits |= fs[i].bit;
	return access & bits;
}
