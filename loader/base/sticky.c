/* SPDX-License-Identifier: MIT */
/*
 * sticky.c -- lstat(2) of the link and its directory; the host's own settings, read when they first matter. What can't
 * be read counts as the strictest.
 */
#include "loader/base/sticky.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader/base/path.h"
#include "loader/base/read_text.h"
#include "shim/sticky.h"

#define STRICTEST 2

static int sysctl_setting(const char *sysctl, int *known)
{
	char text[16];

	if (*known < 0)
		*known = sbx_read_text(AT_FDCWD, sysctl, text, sizeof(text)) > 0 ? atoi(text) : STRICTEST;
	return *known;
}

/* The directory of an absolute path; one that can't be looked at counts as shared. */
static struct stat directory_of(const char *path)
{
	struct stat st;

	if (stat(sbx_dirname(path), &st) < 0)
		st = (struct stat){ .st_mode = S_IFDIR | SBX_MODE_STICKY | SBX_MODE_OTHERS_WRITE, .st_uid = (uid_t)-1 };
	return st;
}

bool sbx_sticky_may_follow(const char *at)
{
	static int on = -1;
	const struct stat dir = directory_of(at);
	struct stat link;

	if (sbx_sticky_follows(dir.st_mode, dir.st_uid, (uid_t)-1, geteuid()))
		return true; /* whoever owns it */
	if (lstat(at, &link) == 0 && sbx_sticky_follows(dir.st_mode, dir.st_uid, link.st_uid, geteuid()))
		return true;
	return !sysctl_setting(SBX_SYSCTL_SYMLINKS, &on);
}

bool sbx_sticky_may_create(const char *path, const struct stat *st)
{
	static int regular = -1, fifos = -1;
	struct stat dir;

	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		return true;
	if (st->st_uid == geteuid())
		return true;
	dir = directory_of(path);
	if (sbx_sticky_creates(STRICTEST, dir.st_mode, dir.st_uid, st->st_uid, geteuid()))
		return true;
	return sbx_sticky_creates(S_ISREG(st->st_mode) ? sysctl_setting(SBX_SYSCTL_REGULAR, &regular) :
							 sysctl_setting(SBX_SYSCTL_FIFOS, &fifos),
				  dir.st_mode, dir.st_uid, st->st_uid, geteuid());
}
