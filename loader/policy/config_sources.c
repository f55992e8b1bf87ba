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

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/path_resolve.h"
#include "shim/glob.h"
#include "shim/lookup.h"
#include "shim/paths.h"

char *sbx_sources_user(const char *home)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"); /* UNTRUSTED */
	struct sbx_resolved base, dir;

	if (!home)
		return sbx_strdup("");
	if (xdg && xdg[0] == '/') {
		if (sbx_resolve("/", home, &base) < 0 || sbx_resolve("/", xdg, &dir) < 0) {
			if (!sbx_lookup_unreachable(errno))
				return NULL;
		} else if (dir.exists && sbx_path_within(dir.path, base.path) && strcmp(dir.path, base.path) != 0) {
			return sbx_join(dir.path, "/sbx");
		}
	}
	return sbx_join(home, "/" SBX_USER_CONF);
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
