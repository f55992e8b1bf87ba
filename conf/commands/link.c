/* SPDX-License-Identifier: MIT */
/*
 * link.c -- directories of links to sbx-wrap, each called as the command that it runs: first in PATH, they confine what
 * scripts call without a change to them. symlink(2); what is there is never replaced.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/say.h"
#include "conf/commands/commands.h"
#include "shim/path_text.h"

#define WRAP "sbx-wrap"

static int fail(const struct sbx_command *command, const char *path, const char *why)
{
	return sbx_errs_add(command->errs, (struct sbx_origin){ NULL, 0 }, "link: %s: %s", path, why);
}

/* The sbx-wrap that stands beside us; NULL with errno set. */
static const char *wrap_path(struct sbx_pool *pool)
{
	char self[PATH_MAX];
	const ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *path;

	if (len < 0)
		return NULL;
	self[len] = 0;
	*strrchr(self, '/') = 0;
	path = sbx_pool_printf(pool, "%s/" WRAP, self);
	return access(path, X_OK) == 0 ? path : NULL;
}

static bool is_same(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The next directory of PATH, or NULL; an empty one is the current. */
static const char *next_dir(struct sbx_pool *pool, const char **path)
{
	const char *from = *path;
	const size_t len = from ? strcspn(from, ":") : 0;

	if (!from)
		return NULL;
	*path = from[len] ? from + len + 1 : NULL;
	return len ? sbx_pool_dup(pool, from, len) : ".";
}

/* Where PATH has the command that is none of our links; NULL where nowhere. *first: does `dir` come before it? */
static const char *command_behind(const struct sbx_command *command, const char *wrap, const char *dir,
				  const char *name, bool *first)
{
	const char *path = getenv("PATH"), *in;

	*first = false;
	while ((in = next_dir(command->pool, &path))) {
		const char *file = sbx_pool_printf(command->pool, "%s/%s", in, name);

		*first |= is_same(in, dir);
		if (access(file, X_OK) == 0 && !is_same(file, wrap))
			return file;
	}
	return NULL;
}

static void say_link(const struct sbx_command *command, const char *wrap, const char *dir, const char *name)
{
	bool first;
	const char *behind = command_behind(command, wrap, dir, name, &first);

	sbx_say(stdout, "%s/%s -> %s%s", dir, name, behind ? behind : "no such command along PATH",
		behind && !first ? "; not confined: PATH has it before this directory, or not this directory" : "");
}

/* The links in `dir`; how many there are. */
static size_t list_dir(const struct sbx_command *command, const char *wrap, const char *dir)
{
	struct dirent **names;
	const int count = scandir(dir, &names, NULL, alphasort);
	size_t links = 0;

	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name, *file = sbx_pool_printf(command->pool, "%s/%s", dir, name);
		struct stat st;

		if (lstat(file, &st) == 0 && S_ISLNK(st.st_mode) && is_same(file, wrap) && strcmp(name, WRAP) != 0) {
			say_link(command, wrap, dir, name);
			links++;
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return links;
}

static int list_all(const struct sbx_command *command, const char *wrap)
{
	const char *path = getenv("PATH"), *dir;
	size_t links = 0;

	while ((dir = next_dir(command->pool, &path)))
		links += list_dir(command, wrap, dir);
	if (!links)
		sbx_say(stdout,
			"no directory of PATH has links to " WRAP "; sbx-policy link DIR COMMAND... makes some");
	return 0;
}

/* Why there can't be such a link; NULL where there can, or is one. */
static const char *no_link(const char *wrap, const char *file, const char *name)
{
	struct stat st;

	if (!*name || strchr(name, '/') || sbx_is_dot_entry(name) || strncmp(name, "sbx-", 4) == 0)
		return "not the name of a command";
	if (lstat(file, &st) < 0)
		return errno == ENOENT ? NULL : strerror(errno);
	return S_ISLNK(st.st_mode) && is_same(file, wrap) ? NULL : "something else is there, and stays";
}

static int make_links(const struct sbx_command *command, const char *wrap, const char *dir)
{
	const struct sbx_words *words = &command->operands;
	bool first;

	for (size_t i = 1; i < words->count; i++) {
		const char *file = sbx_pool_printf(command->pool, "%s/%s", dir, words->items[i]);
		const char *why = no_link(wrap, file, words->items[i]);

		if (why)
			fail(command, file, why);
	}
	if (command->errs->count)
		return 1; /* all or nothing */
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return fail(command, dir, strerror(errno)), 1;
	for (size_t i = 1; i < words->count; i++) {
		const char *file = sbx_pool_printf(command->pool, "%s/%s", dir, words->items[i]);

		if (symlink(wrap, file) < 0 && errno != EEXIST)
			return fail(command, file, strerror(errno)), 1;
		say_link(command, wrap, dir, words->items[i]);
	}
	command_behind(command, wrap, dir, words->items[1], &first);
	if (!first)
		sbx_say(stderr, "hint: PATH=%s:$PATH puts the links first", sbx_quote(command->pool, dir));
	return 0;
}

int sbx_command_link(const struct sbx_command *command)
{
	const struct sbx_words *words = &command->operands;
	const char *wrap = wrap_path(command->pool);
	const char *dir = words->count ? words->items[0] : "";
	char here[PATH_MAX];

	if (!wrap)
		return fail(command, WRAP, errno == ENOENT ? "not beside sbx-policy" : strerror(errno)), 1;
	if (!words->count)
		return list_all(command, wrap);
	if (dir[0] != '/') {
		if (!getcwd(here, sizeof(here)))
			return fail(command, dir, strerror(errno)), 1;
		dir = sbx_pool_printf(command->pool, "%s/%s", here, dir);
	}
	if (words->count > 1)
		return make_links(command, wrap, dir);
	if (access(dir, R_OK) < 0)
		return fail(command, dir, strerror(errno)), 1;
	if (!list_dir(command, wrap, dir))
		sbx_say(stdout, "%s has no links to " WRAP, dir);
	return 0;
}
