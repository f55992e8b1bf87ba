/* SPDX-License-Identifier: MIT */
/*
 * user_paths.c -- the caller, and the expansion of paths: the one place where a variable becomes a path.
 */
#include "conf/config/user_paths.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "shim/home.h"
#include "shim/lookup.h"
#include "shim/path_text.h"
#include "shim/paths.h"

/* Without doubled and trailing slashes. */
static const char *squeeze_slashes(struct sbx_pool *pool, const char *path)
{
	char *out = sbx_pool_dup(pool, path, strlen(path)), *to = out;

	for (const char *from = path; *from; from++)
		if (*from != '/' || to == out || to[-1] != '/')
			*to++ = *from;
	if (to > out + 1 && to[-1] == '/')
		to--;
	*to = 0;
	return out;
}

bool sbx_user_home_ok(const char *home)
{
	return !strstr(home, "/../") && !strstr(home, "/./") && sbx_home_is_own(home);
}

static const char *passwd_field(struct sbx_pool *pool, const char *text)
{
	return sbx_pool_dup(pool, text, strcspn(text, ":\n"));
}

/*
 * After the database has given nothing: does that mean that there is no entry? glibc leaves 0 then. ENOENT is what a
 * service leaves that is down (SSSD's has no socket), and the file itself where a system has none.
 */
static bool is_unknown_user(void)
{
	const int errnum = errno;
	const bool unknown = !errnum || (errnum == ENOENT && access("/etc/passwd", F_OK) < 0 && errno == ENOENT);

	errno = errnum;
	return unknown;
}

/* Once more without the services: that of files takes an error for the end of its file. -1 with errno. */
static int find_local(uid_t uid, const struct passwd **pw)
{
	SBX_CLEANUP_FILE FILE *file = fopen("/etc/passwd", "re");

	*pw = NULL;
	if (!file)
		return sbx_lookup_absent(errno) ? 0 : -1;
	while ((*pw = fgetpwent(file)))
		if ((*pw)->pw_uid == uid)
			return 0;
	return ferror(file) ? -1 : 0;
}

/* A group is a name and decides nothing: it may be missing wherever the services say so, in getgrgid(3)'s words. */
static bool is_unknown_group(void)
{
	return errno == 0 || errno == ENOENT || errno == ESRCH;
}

int sbx_user_get(struct sbx_errs *errs, struct sbx_user *user)
{
	struct sbx_pool *pool = errs->pool;
	const struct passwd *pw;
	const struct group *gr;

	user->uid = getuid();
	user->gid = getgid();
	errno = 0;
	pw = getpwuid(user->uid);
	if (!pw && !is_unknown_user())
		return sbx_errs_add(
			errs, (struct sbx_origin){ "the user database", 0 },
			"%s; a service that nsswitch.conf(5) names doesn't answer: getent passwd %u asks it",
			strerror(errno), user->uid);
	if (!pw && find_local(user->uid, &pw) < 0)
		return sbx_errs_lookup(errs, "/etc/passwd");
	user->known = pw;
	user->name = pw ? passwd_field(pool, pw->pw_name) : sbx_pool_printf(pool, "uid%u", user->uid);
	user->home = pw ? squeeze_slashes(pool, passwd_field(pool, pw->pw_dir)) : "";
	user->shell = pw && pw->pw_shell[0] ? passwd_field(pool, pw->pw_shell) : "/bin/sh";
	if (!sbx_user_home_ok(user->home))
		user->home = "";
	errno = 0;
	gr = getgrgid(user->gid);
	if (!gr && !is_unknown_group())
		return sbx_errs_lookup(errs, "the group database");
	user->group = gr ? passwd_field(pool, gr->gr_name) : sbx_pool_printf(pool, "gid%u", user->gid);
	return 0;
}

/* Is there anything that would have been read? */
static bool holds_config(struct sbx_pool *pool, const char *dir)
{
	struct stat st;

	return lstat(sbx_pool_printf(pool, "%s/" SBX_CONFIG_SUB "/" SBX_USER_CONF_FILE, dir), &st) == 0 ||
	       lstat(sbx_pool_printf(pool, "%s/" SBX_CONFIG_SUB "/" SBX_USER_CONF_FILE ".d", dir), &st) == 0;
}

const char *sbx_user_config_dir(struct sbx_errs *errs, const struct sbx_user *user, const char *xdg)
{
	SBX_CLEANUP_FREE char *home = NULL, *real = NULL, *usual = NULL;
	enum sbx_home_config counts = SBX_HOME_CONFIG_ELSEWHERE;

	if (!*user->home)
		return "";
	errno = 0;
	if (xdg && xdg[0] == '/' && (home = realpath(user->home, NULL)))
		real = realpath(xdg, NULL);
	if (!real && errno && !sbx_lookup_unreachable(errno)) {
		sbx_errs_lookup(errs, home ? xdg : user->home);
		return NULL;
	}
	if (real) {
		usual = realpath(sbx_pool_printf(errs->pool, "%s/%s", user->home, SBX_CONFIG_DIR), NULL);
		counts = sbx_home_config(home, real, usual);
	}
	if (counts == SBX_HOME_CONFIG_OPEN && holds_config(errs->pool, real)) {
		sbx_errs_add(errs, (struct sbx_origin){ "XDG_CONFIG_HOME", 0 },
			     "%s/" SBX_CONFIG_SUB ": " SBX_HOME_CONFIG_WHY, real);
		return NULL;
	}
	return counts == SBX_HOME_CONFIG_COUNTS ? sbx_pool_printf(errs->pool, "%s/" SBX_CONFIG_SUB, real) :
						  sbx_pool_printf(errs->pool, "%s/%s", user->home, SBX_USER_CONF);
}

static const char *replace_uid(struct sbx_pool *pool, const struct sbx_user *user, const char *path)
{
	const char *at = strstr(path, "$UID");

	while (at) {
		path = sbx_pool_printf(pool, "%.*s%u%s", (int)(at - path), path, user->uid, at + 4);
		at = strstr(path, "$UID");
	}
	return path;
}

static bool whole_home(const struct sbx_user *user, const char *path)
{
	return *user->home && sbx_path_within(user->home, path);
}

size_t sbx_path_argument(const char *path, uint32_t *n)
{
	static const char head[] = "$ARG(";
	const char *digits = path + sizeof(head) - 1;
	size_t len;

	if (strncmp(path, head, sizeof(head) - 1) != 0)
		return 0;
	len = strspn(digits, "0123456789");
	if (!len || len > 3 || digits[0] == '0' || digits[len] != ')')
		return 0;
	*n = (uint32_t)strtoul(digits, NULL, 10);
	return sizeof(head) - 1 + len + 1;
}

static const char *leave_late(struct sbx_pool *pool, const struct sbx_user *user, const char *rest,
			      struct sbx_where *where)
{
	where->late = where->variable = true;
	where->path = squeeze_slashes(pool, replace_uid(pool, user, rest));
	if (!strcmp(where->path, "/"))
		where->path = "";
	return NULL;
}

const char *sbx_path_expand(struct sbx_pool *pool, const struct sbx_user *user, const char *path,
			    struct sbx_where *where)
{
	size_t argument, skip = path[0] == '~' ? 1 : (strncmp(path, "$HOME", 5) ? 0 : 5);

	*where = (struct sbx_where){ .variable = skip || strstr(path, "$UID") };
	argument = sbx_path_argument(path, &where->arg);
	if (argument)
		return leave_late(pool, user, path + argument, where);
	if (!strncmp(path, "$PWD", 4))
		return leave_late(pool, user, path + 4, where);
	if (skip && !*user->home)
		return "the user database has no home for the caller, and HOME grants nothing";
	path = replace_uid(pool, user, path + skip);
	where->path = squeeze_slashes(pool, skip ? sbx_pool_printf(pool, "%s%s", user->home, path) : path);
	if (where->variable && (strchr(where->path + 1, '/') == NULL || whole_home(user, where->path)))
		return "that is a whole home or a top-level directory, which no variable may grant; "
		       "name what is needed in it";
	return strcmp(where->path, "/") ? NULL : "/ can't be granted whole";
}
