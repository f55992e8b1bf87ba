/* SPDX-License-Identifier: MIT */
/*
 * command_trust.c -- judges a command's file, the links that lead to it and every directory on the way by owner, mode
 * and place; path_resolution(7), acl(5).
 *
 * UNTRUSTED: all of it. What root alone can change doesn't change between here and exec; where the caller could (a link
 * in their own directory), Landlock lets nothing be executed but the file that was looked at.
 */
#include "loader/policy/command_trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/nested.h"
#include "shim/lookup.h"
#include "shim/sticky.h"
#include "shim/trust.h"

/*
 * Where systems have programs, whatever PATH says. Elsewhere root's ownership tells little: what root has unpacked, and
 * what a disk holds that somebody else has brought, is root's, too.
 */
static const char *const system_trees[] = { "/usr/", "/bin/", "/sbin/", "/opt/", "/nix/store/", "/gnu/store/" };

enum level { OTHERS, CALLER, ROOT }; /* who decides: the last of them */

struct verdict {
	uid_t uid;
	enum level level;
	struct sbx_vec groups; /* gid_t: they can write some of it */
};

static void lower_level(struct verdict *verdict, enum level level)
{
	if (level < verdict->level)
		verdict->level = level;
}

static void note_group(struct verdict *verdict, gid_t gid)
{
	for (size_t i = 0; i < verdict->groups.count; i++)
		if (*(gid_t *)sbx_vec_at(&verdict->groups, i) == gid)
			return;
	sbx_vec_push(&verdict->groups, sizeof(gid), &gid);
}

/* 1, 0, or -1: with a list of further users, the group's bits say nothing of the group. */
static int has_acl(const char *path)
{
	static const char *const names[] = { "system.posix_acl_access", "system.nfs4_acl" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (getxattr(path, names[i], NULL, 0) >= 0)
			return 1;
		if (errno != ENODATA && errno != EOPNOTSUPP)
			return -1;
	}
	return 0;
}

/* 1, 0, or -1. Inside a sandbox its skeleton is the caller's by owner, and nobody's to write. */
static int is_skeleton(const char *path, const struct stat *st)
{
	if (!S_ISDIR(st->st_mode) || !sbx_nested() || access(path, W_OK) == 0)
		return 0;
	return errno == EROFS ? 1 : sbx_lookup_unreachable(errno) ? 0 : -1;
}

/* Whose it is. */
static int judge_owner(struct verdict *verdict, const char *path, const struct stat *st)
{
	const int fixed = sbx_target_is_system(st) ? 1 : is_skeleton(path, st);

	if (fixed == 0)
		lower_level(verdict, st->st_uid == verdict->uid ? CALLER : OTHERS);
	return fixed < 0 ? -1 : 0;
}

static int judge_stat(struct verdict *verdict, const char *path, const struct stat *st)
{
	int acl;

	if (judge_owner(verdict, path, st) < 0)
		return -1;
	if (S_ISLNK(st->st_mode) || !sbx_trust_open_to_others(st->st_uid, st->st_mode))
		return 0;
	acl = st->st_mode & SBX_MODE_OTHERS_WRITE ? 1 : has_acl(path);
	if (acl > 0)
		lower_level(verdict, OTHERS);
	else if (acl == 0)
		note_group(verdict, st->st_gid);
	return acl < 0 ? -1 : 0;
}

static int judge(struct verdict *verdict, const char *path)
{
	struct stat st;

	if (verdict->level == OTHERS)
		return 0;
	if (lstat(path, &st) == 0)
		return judge_stat(verdict, path, &st);
	lower_level(verdict, OTHERS);
	return sbx_lookup_unreachable(errno) ? 0 : -1;
}

/* The directories above a path that goes through no link. */
static int judge_above(struct verdict *verdict, const char *path)
{
	char *dir = sbx_strdup(path);

	for (char *at = dir + 1; (at = strchr(at, '/')); at++) {
		*at = 0;
		if (judge(verdict, dir) < 0)
			return -1;
		*at = '/';
	}
	return judge(verdict, "/");
}

/* 1, 0, or -1: a link of /proc leads elsewhere than its text says. */
static int leads_there(const char *path, const struct sbx_resolved *file)
{
	struct stat st;

	if (!file->links.count)
		return 1;
	if (stat(path, &st) < 0)
		return sbx_lookup_unreachable(errno) ? 0 : -1;
	return st.st_dev == file->st.st_dev && st.st_ino == file->st.st_ino;
}

static bool is_dir_of_path(const char *dir)
{
	const char *dirs = getenv("PATH");

	while (dirs && *dirs) {
		const size_t len = strcspn(dirs, ":");
		const char *plain = sbx_path_plain(sbx_strndup(dirs, len));

		if (plain && strcmp(plain, dir) == 0)
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

static bool is_among_commands(const char *name)
{
	char *plain = sbx_path_plain(name);

	for (size_t i = 0; plain && i < sizeof(system_trees) / sizeof(system_trees[0]); i++)
		if (strncmp(plain, system_trees[i], strlen(system_trees[i])) == 0)
			return true;
	return plain && is_dir_of_path(sbx_dirname(plain));
}

static char *word_of(const struct verdict *verdict, const char *name)
{
	char *word = sbx_strdup(verdict->level == OTHERS                          ? SBX_TRUST_WORD_NONE :
				verdict->level == ROOT && is_among_commands(name) ? SBX_TRUST_WORD_COMMAND :
										    SBX_TRUST_WORD_FILE);

	for (size_t i = 0; verdict->level != OTHERS && i < verdict->groups.count; i++)
		word = sbx_format("%s:%u", word, *(gid_t *)sbx_vec_at(&verdict->groups, i));
	return word;
}

/* `name` is `path`, perhaps with the slash that keeps it from being a base name: profile_match.c. */
static bool is_path_of(const char *name, const char *path)
{
	const size_t len = strlen(path);

	return strncmp(name, path, len) == 0 && (!name[len] || strcmp(name + len, "/") == 0);
}

int sbx_command_trust(const char *path, const struct sbx_resolved *file, uid_t uid, const struct sbx_vec *names,
		      struct sbx_vec *words)
{
	struct verdict last = { .uid = uid, .level = ROOT }, whole;
	const int there = file && file->exists ? leads_there(path, file) : 0;
	char *word, *last_word;

	if (there == 0)
		last.level = OTHERS;
	else if (there < 0 || judge_stat(&last, file->path, &file->st) < 0 || judge_above(&last, file->path) < 0)
		return -1;
	whole = (struct verdict){ .uid = uid, .level = last.level };
	for (size_t i = 0; i < last.groups.count; i++)
		note_group(&whole, *(gid_t *)sbx_vec_at(&last.groups, i));
	for (size_t i = 0; file && i < file->links.count; i++) {
		const struct sbx_link *link = sbx_vec_at(&file->links, i);

		if (judge(&whole, link->at) < 0 || judge_above(&whole, link->at) < 0)
			return -1;
	}
	/* What lies on the way is reached through the first name, and counts where that does. */
	word = word_of(&whole, *(char **)sbx_vec_at(names, 0));
	last_word = file && file->exists ? word_of(&last, file->path) : word;
	for (size_t i = 0; i < names->count; i++) {
		const bool is_last = file && file->exists && is_path_of(*(char **)sbx_vec_at(names, i), file->path);
		char **better = is_last && strncmp(word, SBX_TRUST_WORD_COMMAND, strlen(SBX_TRUST_WORD_COMMAND)) != 0 ?
					&last_word :
					&word;

		sbx_vec_push(words, sizeof(*better), better);
	}
	return 0;
}
