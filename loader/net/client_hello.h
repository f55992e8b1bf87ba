/* SPDX-License-Identifier: MIT */
/*
 * client_hello.h -- the name that the first message of a TLS connection asks for: RFC 8446, 4.1.2; RFC 6066, 3.
 */
#ifndef SBX_LOADER_NET_CLIENT_HELLO_H
#define SBX_LOADER_NET_CLIENT_HELLO_H

#include <stddef.h>

#define SBX_HELLO_MAX 16384u   /* bytes, records included, that are looked at */
#define SBX_HELLO_NAME_MAX 254 /* with its NUL */

enum sbx_hello {
	SBX_HELLO_MORE,  /* it isn't complete */
	SBX_HELLO_NONE,  /* no ClientHello, or one that isn't well-formed */
	SBX_HELLO_NAMED, /* name is filled, in lower case */
	SBX_HELLO_NAMELESS,
	SBX_HELLO_HIDDEN /* with an encrypted one inside, whose name can't be seen: draft-ietf-tls-esni */
};

/* Look at the first `len` bytes of a connection. UNTRUSTED. */
enum sbx_hello sbx_client_hello(const unsigned char *bytes, size_t len, char name[SBX_HELLO_NAME_MAX]);

#endif
