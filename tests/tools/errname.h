/* SPDX-License-Identifier: MIT */
/*
 * errname.h -- errno values by name, without a libc: the freestanding test programs need it too.
 */
#ifndef SBX_TESTS_ERRNAME_H
#define SBX_TESTS_ERRNAME_H

#include <linux/errno.h>

/* The name of errno value `err`; "OK" for 0. */
static inline const char *errname(int err)
{
	static const struct {
		int value;
		const char *name;
	} names[] = {
#define E(name) { name, #name }
		{ 0, "OK" },        E(EPERM),         E(ENOENT),       E(ESRCH),
		E(EINTR),           E(EIO),           E(ENXIO),        E(E2BIG),
		E(ENOEXEC),         E(EBADF),         E(ECHILD),       E(EAGAIN),
		E(ENOMEM),          E(EACCES),        E(EFAULT),       E(ENOTBLK),
		E(EBUSY),           E(EEXIST),        E(EXDEV),        E(ENODEV),
		E(ENOTDIR),         E(EISDIR),        E(EINVAL),       E(ENFILE),
		E(EMFILE),          E(ENOTTY),        E(ETXTBSY),      E(EFBIG),
		E(ENOSPC),          E(ESPIPE),        E(EROFS),        E(EMLINK),
		E(EPIPE),           E(EDOM),          E(ERANGE),       E(ENAMETOOLONG),
		E(ENOSYS),          E(ENOTEMPTY),     E(ELOOP),        E(ENODATA),
		E(EOVERFLOW),       E(EOPNOTSUPP),    E(EAFNOSUPPORT), E(EPROTONOSUPPORT),
		E(ESOCKTNOSUPPORT), E(EADDRNOTAVAIL), E(ENETUNREACH),  E(ENETDOWN),
		E(ECONNREFUSED),    E(EHOSTUNREACH),  E(ENOTSOCK),     E(EDESTADDRREQ),
		E(EMSGSIZE),        E(ENOTCONN),      E(ETIMEDOUT),    E(EINPROGRESS),
		E(ECONNRESET),      E(ENOKEY),        E(EKEYREJECTED), E(EDQUOT),
		E(EBADFD),
#undef E
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].value == err)
			return names[i].name;
	return "E?";
}

#endif
