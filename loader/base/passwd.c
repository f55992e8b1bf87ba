/* SPDX-License-Identifier: MIT */
/*
 * passwd.c -- reads /etc/passwd itself: getpwuid(3) would ask name services over sockets before anything is confined.
 */
#include "loader/base/passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/read_text.h"
#include "shim/lookup.h"

#define PASSWD_MAX (4 << 20)

char *sbx_passwd_field_home(char *line, uid_t uid)
{
	char *field[7];
	size_t count = 0;
	char *end;

	for (char *at = line; at && count < 7; count++)
		field[count] = strsep(&at, ":");
	if (count < 6 || !*field[2] || strtoul(field[2], &end, 10) != uid || *end || field[5][0] != '/')
		return NULL;
	return sbx_strdup(field[5]);
}

int sbx_passwd_home(uid_t uid, char **home)
{
	cleanup_fd int fd = openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC);
	char *line, *next;
	struct stat st;
	ssize_t len;

	*home = NULL;
	if (fd < 0)
		return sbx_lookup_absent(errno) ? 0 : -1;
	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_size <= 0 || st.st_size > PASSWD_MAX)
		return 0;
	next = sbx_alloc((size_t)st.st_size + 1);
	len = sbx_read_at(fd, next, (size_t)st.st_size, 0);
	if (len < 0)
		return -1;
	next[len] = 0;
	while (!*home && (line = strsep(&next, "\n")))
		*home = sbx_passwd_field_home(line, uid);
	return 0;
}
