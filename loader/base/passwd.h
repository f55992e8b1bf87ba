/* SPDX-License-Identifier: MIT */
/*
 * passwd.h -- the caller's home by /etc/passwd. Never by the environment, which an attacker may have filled.
 */
#ifndef SBX_LOADER_BASE_PASSWD_H
#define SBX_LOADER_BASE_PASSWD_H

#include <sys/types.h>

/*
 * Sets *home to the home directory of `uid`, fresh memory; to NULL when /etc/passwd has none that is an absolute path
 * (a user known only to another name service has no cache, and that is all it costs). -1 with errno when that can't be
 * read. passwd(5).
 */
int sbx_passwd_home(uid_t uid, char **home);

#endif
