/* SPDX-License-Identifier: MIT */
/*
 * test_stage.c -- staging directories: what is linked into them, and what is found there.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "loader/output/stage.h"
#include "loader/output/tree_remove.h"

struct fixture {
	char path[32];
	int fd;
	struct sbx_stage stage;
	struct sbx_stage_dir *dir;
	struct stat seen; /* of the file `there` */
};

/* A directory with the file `there`, and a staging directory in it. */
static int make_stage(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct sbx_err err;
	int fd;

	strcpy(f->path, "/tmp/sbx-stage.XXXXXX");
	if (!mkdtemp(f->path)) {
		free(f);
		return -1;
	}
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY);
	fd = openat(f->fd, "there", O_WRONLY | O_CREAT, 0600);
	f->dir = sbx_stage_at(&f->stage, f->path);
	*state = f;
	return fd < 0 || fstat(fd, &f->seen) < 0 || close(fd) < 0 ? -1 : sbx_stage_make(f->dir, &err);
}

static int drop_stage(void **state)
{
	struct fixture *f = *state;
	const int status = sbx_tree_remove(AT_FDCWD, f->path, f->fd) ? 0 : -1;

	close(f->dir->dir_fd);
	close(f->dir->stage_fd);
	close(f->fd);
	free(f);
	return status;
}

static bool staged(const struct fixture *f, const char *name)
{
	struct stat st;

	return fstatat(f->dir->stage_fd, name, &st, 0) == 0 && st.st_ino == f->seen.st_ino;
}

static void existing_is_linked_once(void **state)
{
	struct fixture *f = *state;
	struct sbx_err err;

	for (int i = 0; i < 2; i++)
		assert_int_equal(sbx_stage_existing(f->dir, "there", &f->seen, false, &err), 1);
	assert_int_equal(f->dir->files.count, 1);
	assert_true(staged(f, "there"));
}

/* As on a file system that doesn't tell THERE from there. */
static void another_name_refused(void **state)
{
	struct fixture *f = *state;
	struct sbx_err err = { .step = 0 };

	assert_int_equal(linkat(f->fd, "there", f->dir->stage_fd, "THERE", 0), 0);
	assert_int_equal(sbx_stage_existing(f->dir, "THERE", &f->seen, false, &err), -1);
	assert_int_equal(err.step, SBX_STEP_STAGE);
	assert_non_null(strstr(err.subject, "/THERE is in the staging directory already"));
	assert_int_equal(f->dir->files.count, 0);
}

static void named_is_not_only_fitting(void **state)
{
	struct fixture *f = *state;
	struct sbx_stage_file *file;
	struct sbx_err err;

	assert_int_equal(sbx_stage_fitting(f->dir, "there", &f->seen, true, &err), 0);
	file = sbx_vec_at(&f->dir->files, 0);
	assert_true(file->fitting);
	assert_true(staged(f, "there"));
	assert_int_equal(sbx_stage_existing(f->dir, "there", &f->seen, false, &err), 1);
	assert_false(file->fitting);
}

static void barred_is_not_staged(void **state)
{
	struct fixture *f = *state;
	struct sbx_stage_file *file;
	struct sbx_err err;

	assert_int_equal(sbx_stage_fitting(f->dir, "there", &f->seen, false, &err), 0);
	file = sbx_vec_at(&f->dir->files, 0);
	assert_true(file->barred);
	assert_false(staged(f, "there"));
}

/* Directories in directories, as a target may leave them: they have to be moved up, round by round. */
static void deep_tree_removed(void **state)
{
	struct fixture *f = *state;
	int at = dup(f->fd);

	for (int depth = 0; depth < 5; depth++) {
		int next;

		assert_int_equal(mkdirat(at, "deep", 0700), 0);
		assert_int_equal(mkdirat(at, "beside", 0700), 0);
		next = openat(at, "deep", O_RDONLY | O_DIRECTORY);
		assert_int_equal(fchmod(next, 0), 0);
		assert_int_equal(mkdirat(at, "beside/in", 0500), 0);
		assert_int_equal(fchmod(next, 0700), 0);
		close(at);
		at = next;
	}
	assert_int_equal(fchmod(at, 0), 0);
	close(at);
	at = openat(f->fd, "deep", O_RDONLY | O_DIRECTORY);
	assert_true(sbx_tree_remove(f->fd, "deep", at));
	close(at);
	assert_int_equal(faccessat(f->fd, "deep", F_OK, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(existing_is_linked_once, make_stage, drop_stage),
		cmocka_unit_test_setup_teardown(another_name_refused, make_stage, drop_stage),
		cmocka_unit_test_setup_teardown(named_is_not_only_fitting, make_stage, drop_stage),
		cmocka_unit_test_setup_teardown(barred_is_not_staged, make_stage, drop_stage),
		cmocka_unit_test_setup_teardown(deep_tree_removed, make_stage, drop_stage),
	};

	return cmocka_run_group_tests_name("stage", tests, NULL, NULL);
}
