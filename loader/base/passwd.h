/* SPDX-License-Identifier: MIT */
/*
 * passwd.h -- the caller's home by /etc/passwd. Never by the environment, which an attacker may have filled.
 */
#ifndef SBX_LOADER_BASE_PASSWD_H
#define SBX_LOADER_BASE_PASSWD_H

#include <sys/types.h>

/*
 * The home directory of `uid` as fresh memory; NULL when /etc/passwd has none that is an absolute path (a user known
 * only to another name service has no cache, and that is all it costs). passwd(5).
 */
char *sbx_passwd_home(uid_t uid);

#endif
