/* SPDX-License-Identifier: MIT */
/*
 * test_guard.c -- the patterns of fs.guard, and git's configurations as git reads them.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "loader/guard/git_config.h"
#include "shim/guard.h"

static int says(const char *pattern, const char *path)
{
	return sbx_guard_match(pattern, path, strlen(path));
}

static void the_end_of_the_path_counts(void **state)
{
	(void)state;
	assert_int_equal(says(".git", "/a/.git"), 1);
	assert_int_equal(says("!.git", "/a/.git"), -1);
	assert_int_equal(says(".git", "/a/.GIT"), 1);
	assert_int_equal(says(".GIT", "/a/.git"), 1);
	assert_int_equal(says(".git", "/a/.git/config"), 0);
	assert_int_equal(says(".git", "/a/x.git"), 0);
	assert_int_equal(says(".git", "/a/.gitignore"), 0);
	assert_int_equal(says(".git", "/.git"), 1);
	assert_int_equal(says(".yarnrc*", "/a/.yarnrc.yml"), 1);
	assert_int_equal(says("*.code-workspace", "/a/b.Code-Workspace"), 1);
	assert_int_equal(says(".cargo/config", "/a/.cargo/config"), 1);
	assert_int_equal(says(".cargo/config", "/a/x.cargo/config"), 0);
	assert_int_equal(says(".cargo/config", "/config"), 0);
	assert_int_equal(says("*", "/a/"), 0);
	assert_int_equal(says("!", "/a"), 0);
	assert_int_equal(says("a/", "/a"), 0);
}

/* Read `text` as a configuration; -1 where git gives up. */
static int read_text(const char *text, struct sbx_git_config *config)
{
	char name[] = "/tmp/sbx-test-guard-XXXXXX";
	const int fd = mkstemp(name);
	int rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	rc = sbx_git_config_read(AT_FDCWD, name, config);
	unlink(name);
	return rc;
}

static void settings_are_read_as_git_reads_them(void **state)
{
	static const struct {
		const char *text, *first;
		bool executes;
	} rows[] = {
		{ "[core]\n\tfsmonitor = touch x\n", "core.fsmonitor=touch x", true },
		{ "[core]fsmonitor=x", "core.fsmonitor=x", true },
		{ "\xef\xbb\xbf[CORE]\r\n FsMonitor = \"a # b\" ; c\r\n", "core.fsmonitor=a # b", true },
		{ "[core]\nfsmonitor = a\\\n b\n", "core.fsmonitor=a b", true },
		{ "# x\n[core \"\"]\n", NULL, false },
		{ "[core]\nfsmonitor\n", "core.fsmonitor=true", false },
		{ "[core]\nfsmonitor = false\n", "core.fsmonitor=false", false },
		{ "[filter \"a \\\"b\"]\nclean = x", "filter.a \"b.clean=x", true },
		{ "[alias]\nst = status\n", "alias.st=status", false },
		{ "[alias]\nst = \"!x\"\n", "alias.st=!x", true },
		{ "[alias \"st\"]\ncommand = !x\n", "alias.st.command=!x", true },
		{ "[includeIf \"gitdir:/\"]\npath = x\n", "includeif.gitdir:/.path=x", true },
		{ "[remote \"o\"]\nurl = https://x/y\n", "remote.o.url=https://x/y", false },
		{ "[remote \"o\"]\nurl = ext::x\n", "remote.o.url=ext::x", true },
		{ "[remote \"o\"]\nfetch = +refs/heads/*:refs/remotes/o/*\n",
		  "remote.o.fetch=+refs/heads/*:refs/remotes/o/*", false },
		{ "[diff.x]\ntextconv = y\n", "diff.x.textconv=y", true },
		{ "[pager]\nlog = false\n", "pager.log=false", false },
		{ "[user]\nname = \"a\\tb\"\n", "user.name=a\tb", false },
	};
	struct sbx_git_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sbx_git_setting *first;

		assert_int_equal(read_text(rows[i].text, &config), 0);
		assert_int_equal(config.settings.count, rows[i].first ? 1 : 0);
		if (!rows[i].first)
			continue;
		first = sbx_vec_at(&config.settings, 0);
		assert_string_equal(sbx_git_config_text(first), rows[i].first);
		assert_int_equal(sbx_git_config_executes(first), rows[i].executes);
	}
}

static void what_git_gives_up_on_is_an_error(void **state)
{
	static const char *const texts[] = { "x = y\n",           "[core\n",
					     "[core]\n= x\n",     "[core]\nx = \"y\n",
					     "[core]\nx = \\y\n", "[core]\nx y\n",
					     "[core \"a\n\"]\n",  "[",
					     "[core]\n1x = y\n" };
	struct sbx_git_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(read_text(texts[i], &config), -1);
	assert_int_equal(sbx_git_config_read(AT_FDCWD, "/dev/null", &config), -1);
	assert_int_equal(sbx_git_config_read(AT_FDCWD, "/no-such", &config), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_the_path_counts),
		cmocka_unit_test(settings_are_read_as_git_reads_them),
		cmocka_unit_test(what_git_gives_up_on_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
