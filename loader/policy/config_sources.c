/* SPDX-License-Identifier: MIT */
/*
 * config_sources.c -- what decides a policy: the files that sbx-policy reads, in sbx.conf(5)'s order, there or not.
 *
 * Nothing is read here. A file that changes in any way, comes or goes has another identity, and so has a directory of
 * them whose names change.
 */
#include "loader/policy/config_sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/path_resolve.h"
#include "shim/glob.h"
#include "shim/home.h"
#include "shim/lookup.h"
#include "shim/paths.h"

static bool is_same_dir(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && sbx_same_file(&one, &other);
}

/* Is there anything in `dir` that would have been read? */
static bool holds_config(const char *dir)
{
	struct stat st;

	return lstat(sbx_join(dir, "/" SBX_USER_CONF_FILE), &st) == 0 ||
	       lstat(sbx_join(dir, "/" SBX_USER_CONF_FILE ".d"), &st) == 0;
}

/* Where XDG_CONFIG_HOME leads, and whether that counts. -1 with errno when it can't be told. */
static int judge_variable(const char *home, const char *xdg, struct sbx_resolved *dir, enum sbx_home_config *counts)
{
	struct sbx_resolved base, usual;

	*counts = SBX_HOME_CONFIG_ELSEWHERE;
	if (sbx_resolve("/", home, &base) < 0 || sbx_resolve("/", xdg, dir) < 0 ||
	    sbx_resolve("/", sbx_join(home, "/" SBX_CONFIG_DIR), &usual) < 0)
		return sbx_lookup_unreachable(errno) ? 0 : -1;
	if (dir->exists)
		*counts = sbx_home_config(base.path, dir->path, usual.path);
	return 0;
}

int sbx_sources_user(const char *home, struct sbx_user_config *user)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *variable = getenv("HOME"); /* UNTRUSTED */
	enum sbx_home_config counts = SBX_HOME_CONFIG_ELSEWHERE;
	struct sbx_resolved dir;
	const char *expected = NULL;

	*user = (struct sbx_user_config){ .dir = home ? sbx_join(home, "/" SBX_USER_CONF) : "" };
	if (xdg && xdg[0] == '/') {
		expected = sbx_join(xdg, "/" SBX_CONFIG_SUB);
		if (home && judge_variable(home, xdg, &dir, &counts) < 0)
			return -1;
	} else if (variable && variable[0] == '/') {
		expected = sbx_join(variable, "/" SBX_USER_CONF);
	}
	if (counts == SBX_HOME_CONFIG_COUNTS)
		user->dir = sbx_join(dir.path, "/" SBX_CONFIG_SUB);
	else if (expected && !is_same_dir(expected, user->dir) && holds_config(expected))
		user->unread = expected;
	user->open = counts == SBX_HOME_CONFIG_OPEN;
	return 0;
}

static void push_text(struct sbx_vec *list, char *text)
{
	sbx_vec_push(list, sizeof(text), &text);
}

/* Behind a look-up that was no answer: a text that no other key has. */
static void push_unknown(struct sbx_vec *list, const char *path)
{
	static uint64_t count;
	uint64_t random;

	memcpy(&random, (const void *)getauxval(AT_RANDOM), sizeof(random));
	push_text(list, sbx_join(path, ":?", sbx_hex(random), ":", sbx_hex(count++)));
}

static void expect_lookup(struct sbx_vec *list, const char *path)
{
	if (!sbx_lookup_unreachable(errno))
		push_unknown(list, path);
}

mode_t sbx_sources_identity(struct sbx_vec *list, const char *path)
{
	struct stat st = { 0 };

	/* A link that leads nowhere is not the same as nothing. */
	if (lstat(path, &st) < 0) {
		push_text(list, sbx_join(path, ":", sbx_hex((uint64_t)errno)));
		expect_lookup(list, path);
	} else if (S_ISLNK(st.st_mode) && stat(path, &st) < 0) {
		push_text(list, sbx_join(path, ":link:", sbx_hex((uint64_t)errno)));
		expect_lookup(list, path);
	} else
		push_text(list,
			  sbx_join(path, ":", sbx_hex(st.st_dev), ":", sbx_hex(st.st_ino), ":",
				   sbx_hex((uint64_t)st.st_size), ":", sbx_hex((uint64_t)st.st_mtim.tv_sec), ":",
				   sbx_hex((uint64_t)st.st_mtim.tv_nsec), ":", sbx_hex((uint64_t)st.st_ctim.tv_sec),
				   ":", sbx_hex((uint64_t)st.st_ctim.tv_nsec), ":", sbx_hex(st.st_mode), ":",
				   sbx_hex((uint64_t)st.st_uid << 32 | st.st_gid)));
	return st.st_mode;
}

/* Where it is, too: the policy protects it there, and moving a directory above changes nothing of the file itself. */
static bool add_file(struct sbx_vec *list, const char *path)
{
	const mode_t mode = sbx_sources_identity(list, path);
	struct sbx_resolved real;

	if (mode && sbx_resolve("/", path, &real) == 0)
		push_text(list, real.path);
	else if (mode)
		expect_lookup(list, path);
	return S_ISDIR(mode);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The directory, for its names, and each file in it, for what is written in place. */
static void add_dir(struct sbx_vec *list, const char *path)
{
	const bool is_dir = add_file(list, path);
	DIR *dir = is_dir ? opendir(path) : NULL;
	struct dirent *entry;
	size_t first;

	if (is_dir && !dir)
		push_unknown(list, path);
	if (!dir)
		return;
	first = list->count;
	for (errno = 0; (entry = readdir(dir)); errno = 0)
		if (entry->d_name[0] != '.' && sbx_glob("*.conf", entry->d_name))
			sbx_sources_identity(list, sbx_join(path, "/", entry->d_name));
	if (errno)
		push_unknown(list, path);
	closedir(dir);
	if (list->count > first)
		qsort(sbx_vec_at(list, first), list->count - first, list->size, by_bytes);
}

void sbx_sources_add(struct sbx_vec *list, const char *file, const char *user)
{
	if (file) {
		const char *cwd = file[0] == '/' ? NULL : sbx_getcwd();

		if (cwd)
			file = sbx_join(cwd, "/", file);
		else if (file[0] != '/')
			push_unknown(list, file);
		add_file(list, file);
		return;
	}
	add_file(list, SBX_CONF_FILE);
	add_dir(list, SBX_CONF_DIR);
	if (!*user)
		return;
	add_file(list, sbx_join(user, "/" SBX_USER_CONF_FILE));
	add_dir(list, sbx_join(user, "/" SBX_USER_CONF_FILE ".d"));
}
