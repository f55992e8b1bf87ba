/* SPDX-License-Identifier: MIT */
/*
 * test_conf_store.c -- files: cache entries are written whole and pruned; config files are trusted by owner and mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/compile/blob_store.h"
#include "conf/config/file_trust.h"
#include "tests/unit/test_conf.h"

static char scratch[] = "/tmp/sbx-test-XXXXXX";

static void files_are_stored_whole_and_pruned(void **state)
{
	struct compiled *c = compile("default", 7, NULL);
	char path[200];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/cache", scratch);
	assert_int_equal(mkdir(path, 0700), 0);
	for (unsigned int i = 0; i <= SBX_STORE_ENTRIES_MAX; i++) {
		struct timespec times[2] = { { .tv_sec = 1000 + i }, { .tv_sec = 1000 + i } };
		const uint32_t magic = SBX_MAGIC_POLICY;
		int fd;

		snprintf(path, sizeof(path), "%s/cache/%u", scratch, i);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		if (i != 1) /* the second oldest is somebody else's */
			assert_int_equal(write(fd, &magic, sizeof(magic)), sizeof(magic));
		close(fd);
		utimensat(AT_FDCWD, path, times, 0);
	}
	snprintf(path, sizeof(path), "%s/cache/new", scratch);
	assert_int_equal(sbx_store_file(&c->pool, path, 0600, false, &c->bytes), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, c->bytes.len);
	sbx_store_prune(&c->pool, path);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/cache/0", scratch);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(path, sizeof(path), "%s/cache/1", scratch);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/cache/2", scratch);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/absent/new", scratch);
	assert_int_equal(sbx_store_file(&c->pool, path, 0600, false, &c->bytes), -1);
	assert_int_equal(errno, ENOENT);
	release(c);
}

static void config_files_are_trusted_by_owner_and_mode(void **state)
{
	static const struct {
		mode_t file, dir;
		bool good;
	} cases[] = { { 0600, 0755, true },  { 0644, 0700, true },  { 0664, 0755, false }, { 0646, 0755, false },
		      { 0600, 0775, false }, { 0600, 0777, false }, { 0600, 01777, true } };
	char dir[100], path[200];
	struct sbx_pool pool = { NULL };

	(void)state;
	snprintf(dir, sizeof(dir), "%s/etc", scratch);
	snprintf(path, sizeof(path), "%s/etc/x.conf", scratch);
	assert_int_equal(mkdir(dir, 0755), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		SBX_CLEANUP_FD int fd = open(path, O_CREAT | O_RDONLY, 0600);

		assert_true(fd >= 0);
		/* the caller's own group isn't others, where nobody else is in it: tests/cli/config.bats */
		if (((cases[i].file | cases[i].dir) & 0020) &&
		    (fchown(fd, -1u, 12345) < 0 || chown(dir, -1u, 12345) < 0))
			continue;
		assert_int_equal(fchmod(fd, cases[i].file), 0);
		assert_int_equal(chmod(dir, cases[i].dir), 0);
		/* the sticky bit only helps a directory of root's */
		if (!(cases[i].dir & 01000) || getuid() == 0)
			assert_int_equal(sbx_trust_file(&pool, path, fd) == NULL, cases[i].good);
	}
	sbx_pool_free(&pool);
}

static int make_scratch(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(scratch));
	return 0;
}

static int drop_scratch(void **state)
{
	char command[200];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", scratch);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_stored_whole_and_pruned),
		cmocka_unit_test(config_files_are_trusted_by_owner_and_mode),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
