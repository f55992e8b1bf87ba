/* SPDX-License-Identifier: MIT */
/*
 * protected_paths.c -- the table of what no argument gets granted, for the loader; and the same question asked here of
 * the paths that begin with a variable, which grant no more than an argument could.
 */
#include "conf/compile/protected_paths.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/base/cleanup.h"
#include "conf/compile/base_grants.h"
#include "conf/compile/path_walk.h"
#include "shim/lookup.h"
#include "shim/path_text.h"
#include "shim/paths.h"
#include "shim/protected.h"
#include "shim/secrets.h"

static void add_protected(struct sbx_build *build, uint32_t kind, const char *text)
{
	struct sbx_base_text *item;

	for (size_t i = 0; i < build->protects.count; i++)
		if (build->protects.items[i].kind == kind && !strcmp(build->protects.items[i].text, text))
			return;
	item = SBX_APPEND(build->pool, &build->protects);
	item->kind = kind;
	item->text = sbx_pool_dup(build->pool, text, strlen(text));
}

/* Look-ups of what may not be there; after any other error, which is added, the policy doesn't compile. */
static void expect(struct sbx_errs *errs, int errnum, const char *path)
{
	errno = errnum;
	if (errnum && !sbx_lookup_unreachable(errnum))
		sbx_errs_lookup(errs, path);
}

/* Where it leads; as it is written where it leads nowhere. */
static const char *real_path(struct sbx_errs *errs, const char *path)
{
	SBX_CLEANUP_FREE char *real = realpath(path, NULL);

	if (!real)
		expect(errs, errno, path);
	return real ? sbx_pool_dup(errs->pool, real, strlen(real)) : path;
}

/* /srv/./user, as servers of files have it, is where it leads. */
static void protect_home(struct sbx_build *build, const char *home)
{
	const char *plain = strstr(home, "/./") || strstr(home, "/../") ? real_path(build->errs, home) : home;

	if (sbx_user_home_ok(plain))
		add_protected(build, SBX_PROTECT_HOME, plain);
}

/* The homes of people: uid 0 and those from 1000 on, by the local database. */
static int protect_homes(struct sbx_build *build)
{
	SBX_CLEANUP_FILE FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	if (*build->user.home)
		add_protected(build, SBX_PROTECT_HOME, build->user.home);
	if (!file)
		return sbx_lookup_absent(errno) ? 0 : sbx_errs_lookup(build->errs, "/etc/passwd");
	while ((pw = fgetpwent(file)))
		if (pw->pw_uid == 0 || pw->pw_uid >= 1000)
			protect_home(build, pw->pw_dir);
	return ferror(file) ? sbx_errs_lookup(build->errs, "/etc/passwd") : 0;
}

/* A name pattern; or a path as it is written, and where it leads now. */
static int protect_item(struct sbx_build *build, const struct sbx_item *item)
{
	struct sbx_where where;
	const char *why;

	if (!strchr("/~$", item->text[0])) {
		add_protected(build, SBX_PROTECT_NAME, item->text);
		return 0;
	}
	why = sbx_path_expand(build->pool, &build->user, item->text, &where);
	if (!why && where.late)
		why = where.arg ? "$ARG(n) can't be used here" : "$PWD can't be used here";
	if (why)
		return sbx_errs_add(build->errs, item->origin, "fs.protect: \"%s\": %s", item->text, why);
	add_protected(build, SBX_PROTECT_PATH, where.path);
	add_protected(build, SBX_PROTECT_PATH, real_path(build->errs, where.path));
	return 0;
}

/* In their order, and each as often as it is listed: the last that matches counts. */
static int add_patterns(struct sbx_build *build, enum sbx_key_id key, uint32_t kind)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, key);

	if (list->count > SBX_SECRETS_MAX)
		return sbx_errs_add(build->errs, list->items[SBX_SECRETS_MAX].origin, "fs.%s: more than %d patterns",
				    sbx_keys[key].name, SBX_SECRETS_MAX);
	for (size_t i = 0; i < list->count; i++)
		*SBX_APPEND(build->pool, &build->protects) = (struct sbx_base_text){ kind, list->items[i].text };
	return 0;
}

/* root's own home is protected as everybody's own is: /root as a whole, and what has a dot. */
static bool is_own_home(const struct sbx_build *build, const struct sbx_base_text *item)
{
	return item->kind == SBX_PROTECT_PATH && *build->user.home && !strcmp(item->text, build->user.home);
}

int sbx_protected_paths_build(struct sbx_build *build, const struct sbx_list *files)
{
	const struct sbx_list *extra = sbx_policy_list(build->policy, SBX_KEY_FS_PROTECT);
	const char *home = build->user.home;
	int rc;

	for (int i = 0; sbx_base_protect[i].text; i++)
		if (!is_own_home(build, &sbx_base_protect[i]))
			add_protected(build, sbx_base_protect[i].kind, sbx_base_protect[i].text);
	rc = protect_homes(build);
	if (*home) {
		add_protected(build, SBX_PROTECT_SELF, sbx_pool_printf(build->pool, "%s/%s", home, SBX_USER_CONF));
		add_protected(build, SBX_PROTECT_SELF, sbx_pool_printf(build->pool, "%s/%s", home, SBX_USER_CACHE));
	}
	for (size_t i = 0; i < files->count; i++)
		add_protected(build, SBX_PROTECT_SELF, files->items[i].text);
	for (size_t i = 0; i < extra->count; i++)
		rc |= protect_item(build, &extra->items[i]);
	rc |= add_patterns(build, SBX_KEY_FS_SECRETS, SBX_PROTECT_SECRET);
	return rc | add_patterns(build, SBX_KEY_FS_GUARD, SBX_PROTECT_GUARD);
}

/* What the symlink `at` leads to, and whose that is; NULL where it is none, or leads nowhere. */
static const char *follow_link(struct sbx_errs *errs, const char *at, uid_t *owner)
{
	struct stat st;
	const bool there = lstat(at, &st) == 0;

	if (there && !S_ISLNK(st.st_mode))
		return NULL;
	if (!there || stat(at, &st) < 0) {
		expect(errs, errno, at);
		return NULL;
	}
	*owner = st.st_uid;
	return real_path(errs, at);
}

/* A dot entry of the home that is a symlink: what it leads to is protected. */
static bool below_dot_link(struct sbx_errs *errs, const char *home, const char *path)
{
	DIR *dir = opendir(home);
	const struct dirent *entry;
	bool found = false;
	size_t left = SIZE_MAX;
	struct stat st = { .st_uid = geteuid() };

	if (dir && fstat(dirfd(dir), &st) == 0 && st.st_uid != geteuid())
		left = SBX_PROTECTED_ENTRIES_MAX;
	for (errno = dir ? 0 : errno; dir && !found && left-- > 0 && (entry = readdir(dir)); errno = 0) {
		const char *real = NULL;
		uid_t owner = 0;

		if (entry->d_name[0] == '.')
			real = follow_link(errs, sbx_pool_printf(errs->pool, "%s/%s", home, entry->d_name), &owner);
		found = real && sbx_path_within(path, real) &&
			sbx_protected_dot_link(st.st_uid, owner, geteuid(), sbx_path_within(real, home));
	}
	expect(errs, errno, home);
	if (dir)
		closedir(dir);
	return found;
}

/* The table has paths as they are written; the loader adds where they lead, and so does this. */
static const char *reason_of_item(struct sbx_errs *errs, const struct sbx_base_text *item, const char *path, bool whole)
{
	const enum sbx_protect_kind kind = (enum sbx_protect_kind)item->kind;
	const bool is_path = kind != SBX_PROTECT_NAME && kind != SBX_PROTECT_SECRET && kind != SBX_PROTECT_GUARD;
	const char *real = is_path ? real_path(errs, item->text) : item->text;
	const char *reason = sbx_protected_reason(kind, item->text, path, whole);

	if (!reason)
		reason = sbx_protected_reason(kind, real, path, whole);
	if (!reason && kind == SBX_PROTECT_HOME && below_dot_link(errs, real, path))
		reason = "what a dot file of a home directory leads to";
	return reason;
}

static bool is_secret(const struct sbx_protects *protects, const char *path, bool is_dir)
{
	const struct sbx_secret_name name = sbx_secret_name(path, is_dir);
	int says = 0;

	for (size_t i = protects->count; i-- > 0 && !says;)
		if (protects->items[i].kind == SBX_PROTECT_SECRET)
			says = sbx_secret_match(protects->items[i].text, &name);
	return says > 0;
}

static const char *reason_of_table(struct sbx_errs *errs, const struct sbx_protects *protects, const char *path,
				   bool whole)
{
	const char *reason = NULL;

	for (size_t i = 0; !reason && i < protects->count; i++)
		reason = reason_of_item(errs, &protects->items[i], path, whole);
	return reason;
}

const char *sbx_protected_paths_reason(struct sbx_errs *errs, const struct sbx_protects *protects, const char *path)
{
	struct sbx_symlinks links = { 0 };
	const char *reason = reason_of_table(errs, protects, path, true);
	const char *real = sbx_path_walk(errs->pool, &links, path, true);
	struct stat st = { 0 };

	if (!real || lstat(real, &st) < 0)
		expect(errs, errno, path);
	if (!reason && real)
		reason = sbx_protected_top(real, S_ISDIR(st.st_mode));
	if (!reason && real)
		reason = reason_of_table(errs, protects, real, true);
	if (!reason && (is_secret(protects, path, S_ISDIR(st.st_mode)) ||
			(real && is_secret(protects, real, S_ISDIR(st.st_mode)))))
		reason = SBX_REASON_SECRET;
	for (size_t i = 0; !reason && i < links.count; i++)
		if (reason_of_table(errs, protects, links.items[i].path, false))
			reason = "reached through a protected path";
	return reason;
}
