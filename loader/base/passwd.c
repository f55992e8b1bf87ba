/* SPDX-License-Identifier: MIT */
/*
 * passwd.c -- reads /etc/passwd itself: getpwuid(3) would ask name services over sockets before anything is confined.
 */
#include "loader/base/passwd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"

#define PASSWD_MAX (4 << 20)

/* name:password:uid:gid:gecos:home:shell, NUL-terminated. The home when the uid is ours. */
static char *home_of(char *line, uid_t uid)
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

char *sbx_passwd_home(uid_t uid)
{
	cleanup_fd int fd = openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	char *line, *next, *home = NULL;
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > PASSWD_MAX)
		return NULL;
	text = sbx_alloc((size_t)st.st_size + 1);
	len = read(fd, text, (size_t)st.st_size);
	if (len <= 0)
		return NULL;
	for (next = text; !home && (line = strsep(&next, "\n"));)
		home = home_of(line, uid);
	return home;
}
