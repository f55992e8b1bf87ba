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

#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/policy/env_command.h"
#include "loader/policy/exec_target.h"
#include "loader/policy/nested.h"
#include "shim/lookup.h"
#include "shim/sticky.h"
#include "shim/trust.h"

/*
 * Where systems have commands, whatever PATH says. Elsewhere root's ownership tells little: what root has unpacked, and
 * what a disk holds that somebody else has brought, is root's, too.
 */
static const char system_dirs[] = "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin:/usr/local/sbin:/usr/games";

#define ENV_DEPTH 5 /* scripts that env runs one by another */

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
	return sbx_same_file(&st, &file->st);
}

/* The file, and the links that lead there with all directories on the way. */
static int judge_way(struct verdict *verdict, const struct sbx_resolved *file)
{
	if (judge_stat(verdict, file->path, &file->st) < 0 || judge_above(verdict, file->path) < 0)
		return -1;
	for (size_t i = 0; i < file->links.count; i++) {
		const struct sbx_link *link = sbx_vec_at(&file->links, i);

		if (judge(verdict, link->at) < 0 || judge_above(verdict, link->at) < 0)
			return -1;
	}
	return 0;
}

/* 1, 0, or -1: root alone decides that `path`, below a directory of PATH, is the file. */
static int is_same_command(struct verdict *verdict, const char *path, const struct sbx_resolved *file)
{
	struct verdict way = { .uid = verdict->uid, .level = ROOT };
	struct sbx_resolved found;
	struct stat st;

	if (stat(path, &st) < 0)
		return sbx_lookup_unreachable(errno) ? 0 : -1;
	if (!sbx_same_file(&st, &file->st))
		return 0;
	if (sbx_resolve("/", path, &found) < 0 || !found.exists)
		return sbx_lookup_unreachable(errno) ? 0 : -1;
	if (judge_way(&way, &found) < 0)
		return -1;
	for (size_t i = 0; way.level == ROOT && i < way.groups.count; i++)
		note_group(verdict, *(gid_t *)sbx_vec_at(&way.groups, i));
	return way.level == ROOT;
}

/* 1, 0, or -1: one of `dirs` has the file under the name's last part. */
static int is_command_of(struct verdict *verdict, const char *dirs, const char *name, const struct sbx_resolved *file)
{
	int is = 0;

	while (!is && *dirs) {
		const size_t len = strcspn(dirs, ":");
		const char *plain = sbx_path_plain(sbx_strndup(dirs, len));

		if (plain && strcmp(plain, sbx_dirname(name)) == 0)
			return 1; /* the way there has been judged */
		if (plain)
			is = is_same_command(verdict, sbx_join(plain, "/", sbx_basename(name)), file);
		dirs += len + (dirs[len] == ':');
	}
	return is;
}

/* NULL with errno set when something can't be looked at. */
static char *word_of(const struct verdict *judged, const char *name, const struct sbx_resolved *file)
{
	struct verdict verdict = { .uid = judged->uid, .level = judged->level };
	const char *plain = sbx_path_plain(name), *word = SBX_TRUST_WORD_NONE;
	int is = 0;

	for (size_t i = 0; i < judged->groups.count; i++)
		note_group(&verdict, *(gid_t *)sbx_vec_at(&judged->groups, i));
	if (verdict.level == ROOT && plain)
		is = is_command_of(&verdict, system_dirs, plain, file);
	if (verdict.level == ROOT && plain && !is)
		is = is_command_of(&verdict, sbx_target_search_path(), plain, file);
	if (is < 0)
		return NULL;
	if (verdict.level != OTHERS)
		word = is ? SBX_TRUST_WORD_COMMAND : SBX_TRUST_WORD_FILE;
	for (size_t i = 0; verdict.level != OTHERS && i < verdict.groups.count; i++)
		word = sbx_format("%s:%u", word, *(gid_t *)sbx_vec_at(&verdict.groups, i));
	return sbx_strdup(word);
}

/* `name` is `path`, perhaps with the slash that keeps it from being a base name: profile_match.c. */
static bool is_path_of(const char *name, const char *path)
{
	const size_t len = strlen(path);

	return strncmp(name, path, len) == 0 && (!name[len] || strcmp(name + len, "/") == 0);
}

/* A directory of PATH; or, where it doesn't exist, what would have it. */
static int judge_search_dir(struct verdict *verdict, const char *dir)
{
	struct verdict way = { .uid = verdict->uid, .level = ROOT };
	struct sbx_resolved place = { .exists = false };

	while (!place.exists) {
		if (sbx_resolve("/", dir, &place) < 0 && !sbx_lookup_unreachable(errno))
			return -1;
		dir = sbx_dirname(dir);
	}
	if (judge_way(&way, &place) < 0)
		return -1;
	if (way.level == OTHERS || (place.st.st_mode & S_ISVTX && place.st.st_mode & (S_IWGRP | S_IWOTH)))
		lower_level(verdict, OTHERS); /* a sticky one takes new names from anybody */
	for (size_t i = 0; i < way.groups.count; i++)
		note_group(verdict, *(gid_t *)sbx_vec_at(&way.groups, i));
	return 0;
}

/*
 * The directories of PATH before the one that has `found`: whoever can write there can still have `name` found there.
 * The caller may.
 */
static int judge_search(struct verdict *verdict, const char *cwd, const char *name, const char *found)
{
	for (const char *dirs = sbx_target_search_path();; dirs += strcspn(dirs, ":") + 1) {
		const char *dir = sbx_strndup(dirs, strcspn(dirs, ":"));

		if (!dirs[strcspn(dirs, ":")] || strcmp(sbx_join(dir, *dir ? "/" : "", name), found) == 0)
			return 0;
		if (judge_search_dir(verdict, dir[0] == '/' ? dir : sbx_join(cwd, "/", dir)) < 0)
			return -1;
	}
}

static int judge_interpreters(struct verdict *verdict, const char *cwd, const struct sbx_target *target, int depth);

/* Then env can't, either. */
static bool cannot_run(int errnum)
{
	return sbx_lookup_unreachable(errnum) || errnum == EISDIR || errnum == ENXIO || errnum == ENOEXEC;
}

/* What env(1) finds along PATH; where that depends on where the caller stands, whoever filled the directory decides. */
static int judge_found(struct verdict *verdict, const char *cwd, const char *name, int depth)
{
	char *argv[] = { sbx_strdup(name), NULL };
	struct sbx_target target;
	struct sbx_err err;

	if (sbx_target_find(&target, cwd, argv, &err) < 0) {
		lower_level(verdict, OTHERS);
		errno = err.errnum;
		return cannot_run(errno) ? 0 : -1;
	}
	if (target.chain[0][0] != '/')
		lower_level(verdict, OTHERS);
	if (!strchr(name, '/') && judge_search(verdict, cwd, name, target.chain[0]) < 0)
		return -1;
	if (!target.files[0]->exists)
		lower_level(verdict, OTHERS);
	else if (judge_way(verdict, target.files[0]) < 0)
		return -1;
	return judge_interpreters(verdict, cwd, &target, depth + 1);
}

/* Each interpreter decides what the script does; one whose path isn't absolute is where the caller stands. */
static int judge_interpreters(struct verdict *verdict, const char *cwd, const struct sbx_target *target, int depth)
{
	char *command;

	for (size_t i = 1; i < target->script_count; i++) {
		const struct sbx_resolved *file = target->files[i];

		if (target->chain[i][0] != '/')
			lower_level(verdict, CALLER);
		if (!file->exists)
			lower_level(verdict, OTHERS);
		else if (judge_way(verdict, file) < 0)
			return -1;
	}
	if (verdict->level == OTHERS || !sbx_env_interprets(target))
		return 0;
	command = depth < ENV_DEPTH ? sbx_env_command(target->argument) : NULL;
	if (command)
		return judge_found(verdict, cwd, command, depth);
	lower_level(verdict, OTHERS);
	return 0;
}

/* `last` is the verdict of the file alone, `whole` with the links that lead there. */
static int judge_target(struct verdict *last, struct verdict *whole, const char *cwd, const struct sbx_target *target)
{
	const struct sbx_resolved *file = sbx_target_file(target, target->path);
	const int there = file && file->exists ? leads_there(target->path, file) : 0;
	const struct sbx_resolved bare = { .path = file ? file->path : NULL,
					   .st = file ? file->st : (struct stat){ 0 } };

	if (there < 0)
		return -1;
	if (!there) {
		last->level = whole->level = OTHERS;
		return 0;
	}
	if (judge_way(last, &bare) < 0 || judge_interpreters(last, cwd, target, 0) < 0)
		return -1;
	if (judge_way(whole, file) < 0 || judge_interpreters(whole, cwd, target, 0) < 0)
		return -1;
	return 0;
}

int sbx_command_trust(const struct sbx_target *target, const char *cwd, uid_t uid, const struct sbx_vec *names,
		      struct sbx_vec *words)
{
	const struct sbx_resolved *file = sbx_target_file(target, target->path);
	struct verdict last = { .uid = uid, .level = ROOT }, whole = { .uid = uid, .level = ROOT };
	char *word, *last_word;

	if (judge_target(&last, &whole, cwd, target) < 0)
		return -1;
	/* What lies on the way is reached through the first name, and counts where that does. */
	word = word_of(&whole, *(char **)sbx_vec_at(names, 0), file);
	last_word = word && file && file->exists ? word_of(&last, file->path, file) : word;
	if (!last_word)
		return -1;
	for (size_t i = 0; i < names->count; i++) {
		const bool is_last = file && file->exists && is_path_of(*(char **)sbx_vec_at(names, i), file->path);
		char **better = is_last && strncmp(word, SBX_TRUST_WORD_COMMAND, strlen(SBX_TRUST_WORD_COMMAND)) != 0 ?
					&last_word :
					&word;

		sbx_vec_push(words, sizeof(*better), better);
	}
	return 0;
}
