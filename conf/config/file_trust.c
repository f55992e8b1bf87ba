/* SPDX-License-Identifier: MIT */
/*
 * file_trust.c -- judges a config file and each directory on the way to it by owner, mode and group;
 * path_resolution(7).
 *
 * UNTRUSTED: the file system, until it is judged. The user and group databases are the machine's (nsswitch.conf(5)).
 * The loader and the shim, which judge without them, count every group as others.
 */
#include "conf/config/file_trust.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/base/say.h"
#include "shim/trust.h"

/* What was found on the way: the first fault that no chmod mends, or else the paths that others can write. */
struct verdict {
	struct sbx_pool *pool;
	const char *fault;
	const char **open;
	size_t count;
	const char *phrase; /* "it, the directory /srv" */
	bool others_own;    /* one of them isn't the caller's to mend */
};

static bool trusted_owner(uid_t uid)
{
	return uid == 0 || uid == getuid();
}

/* The group has no member but root and the caller. */
static bool has_no_other_member(char *const *members)
{
	for (; *members; members++) {
		const struct passwd *user = getpwnam(*members);

		if (!user || !trusted_owner(user->pw_uid))
			return false;
	}
	return true;
}

/* Nobody but root and the caller is in the group. *own: it is called as one of them is, and that one's primary group.
 */
static bool is_closed_group(gid_t gid, bool *own)
{
	const struct group *group = getgrgid(gid);
	bool shared = false;
	const struct passwd *user;

	*own = false;
	if (!group || !has_no_other_member(group->gr_mem))
		return false;
	setpwent();
	for (errno = 0; (user = getpwent()); errno = 0) {
		if (user->pw_gid != gid)
			continue;
		shared |= !trusted_owner(user->pw_uid);
		*own |= !strcmp(user->pw_name, group->gr_name);
	}
	shared |= errno && errno != ENOENT; /* nobody knows who would have followed */
	endpwent();
	return !shared;
}

/*
 * Root's or the caller's own group, as Debian gives each user one, and with it umask 0002: called as the user is, the
 * user's primary group, and nobody else's. The name counts because a directory service need not list all its users.
 */
static bool is_private_group(gid_t gid)
{
	bool own;

	return is_closed_group(gid, &own) && own;
}

bool sbx_trust_group(gid_t gid)
{
	bool own;

	return is_closed_group(gid, &own);
}

/* With an access control list the group's bits are the mask of further users' and groups'; acl(5). */
static bool has_acl(const char *path)
{
	static const char *const names[] = { "system.posix_acl_access", "system.nfs4_acl" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (getxattr(path, names[i], NULL, 0) >= 0 || (errno != ENODATA && errno != EOPNOTSUPP))
			return true;
	return false;
}

static bool others_can_write(const char *path, const struct stat *st)
{
	return sbx_trust_open_to_others(st->st_uid, st->st_mode) &&
	       ((st->st_mode & S_IWOTH) || has_acl(path) || !is_private_group(st->st_gid));
}

static void note_open(struct verdict *verdict, const char *path, const struct stat *st)
{
	for (size_t i = 0; i < verdict->count; i++)
		if (!strcmp(verdict->open[i], path))
			return;
	verdict->open = sbx_pool_grow(verdict->pool, verdict->open, verdict->count, sizeof(*verdict->open));
	verdict->open[verdict->count] = path;
	verdict->phrase = sbx_pool_printf(verdict->pool, "%s%s%s%s", verdict->count ? verdict->phrase : "",
					  verdict->count ? ", " : "", S_ISDIR(st->st_mode) ? "the directory " : "it",
					  S_ISDIR(st->st_mode) ? path : "");
	verdict->count++;
	verdict->others_own |= getuid() != 0 && st->st_uid != getuid();
}

/* A directory in which only root and the caller decide what a name means. */
static void judge_dir(struct verdict *verdict, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		verdict->fault = sbx_pool_printf(verdict->pool, "%s: %s", dir, strerror(errno));
	else if (!trusted_owner(st.st_uid))
		verdict->fault = sbx_pool_printf(verdict->pool, "the directory %s belongs to uid %u", dir, st.st_uid);
	else if (others_can_write(dir, &st))
		note_open(verdict, sbx_pool_dup(verdict->pool, dir, strlen(dir)), &st);
}

/* In a directory that all may write into, and none may take from, a link is its owner's to lead anywhere. */
static void judge_link(struct verdict *verdict, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && !trusted_owner(st.st_uid))
		verdict->fault = sbx_pool_printf(verdict->pool, "the link %s belongs to uid %u", path, st.st_uid);
}

static void judge_above(struct verdict *verdict, const char *path)
{
	char *dir = sbx_pool_dup(verdict->pool, path, strlen(path));

	judge_link(verdict, path);
	for (char *slash = strrchr(dir, '/'); slash && !verdict->fault; slash = strrchr(dir, '/')) {
		*slash = 0;
		judge_dir(verdict, slash == dir ? "/" : dir);
		if (!verdict->fault)
			judge_link(verdict, dir);
	}
}

/* One line that mends it all when pasted. */
static const char *verdict_text(struct verdict *verdict)
{
	struct sbx_pool *pool = verdict->pool;
	const char *text;

	if (verdict->fault || !verdict->count)
		return verdict->fault;
	text = sbx_pool_printf(pool, "others can write %s; %schmod go-w", verdict->phrase,
			       verdict->others_own ? "as root: " : "");
	for (size_t i = 0; i < verdict->count; i++)
		text = sbx_pool_printf(pool, "%s %s%s", text, verdict->open[i][0] == '-' ? "./" : "",
				       sbx_quote(pool, verdict->open[i]));
	return text;
}

const char *sbx_trust_file(struct sbx_pool *pool, const char *path, int fd)
{
	SBX_CLEANUP_FREE char *real = realpath(path, NULL);
	SBX_CLEANUP_FREE char *cwd = path[0] == '/' ? strdup("") : getcwd(NULL, 0);
	struct verdict verdict = { .pool = pool };
	struct stat st;

	if (!real || !cwd || fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (!trusted_owner(st.st_uid))
		return sbx_pool_printf(pool, "it belongs to uid %u, not to root or the caller", st.st_uid);
	if (others_can_write(sbx_pool_printf(pool, "/proc/self/fd/%d", fd), &st))
		note_open(&verdict, path, &st);
	judge_above(&verdict, real);
	judge_above(&verdict, sbx_pool_printf(pool, "%s%s%s", cwd, *cwd ? "/" : "", path));
	return verdict_text(&verdict);
}

const char *sbx_trust_dir(struct sbx_pool *pool, const char *path, const char *real)
{
	struct verdict verdict = { .pool = pool };

	judge_above(&verdict, sbx_pool_printf(pool, "%s/.", real));
	judge_above(&verdict, sbx_pool_printf(pool, "%s/.", path));
	return verdict_text(&verdict);
}
