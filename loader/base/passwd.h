/* SPDX-License-Identifier: MIT */
/*
 * passwd.h -- the caller's home by /etc/passwd. Never by the environment, which an attacker may have filled.
 */
#ifndef SBX_LOADER_BASE_PASSWD_H
#define SBX_LOADER_BASE_PASSWD_H

#include <sys/types.h>

/* The home that a line of passwd(5), which is changed, has for `uid`, as fresh memory; NULL when it is another's. */
char *sbx_passwd_field_home(char *line, uid_t uid);

/*
 * Sets *home to the home directory of `uid`, fresh memory; to NULL when /etc/passwd has none that is an absolute path:
 * another name service may know the user, which sbx-policy asks. -1 with errno when the file can't be read.
 */
int sbx_passwd_home(uid_t uid, char **home);

#endif
