/* SPDX-License-Identifier: MIT */
/*
 * test_path_index.c -- paths that are looked up with all that is above them, beside a plain search.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/path_index.h"

#define COUNT 3000

static const char *paths[COUNT];

static bool is_even(void *context, size_t value)
{
	(void)context;
	return value % 2 == 0;
}

static size_t search_at(const char *path)
{
	size_t best = SBX_PATH_INDEX_NONE;

	for (size_t i = 0; i < COUNT; i++)
		if (paths[i] && strcmp(paths[i], path) == 0)
			best = i;
	return best;
}

static size_t search(const char *path, bool even)
{
	size_t best = SBX_PATH_INDEX_NONE;

	for (size_t i = 0; i < COUNT; i++)
		if (paths[i] && (!even || i % 2 == 0) && sbx_path_within(path, paths[i]) &&
		    (best == SBX_PATH_INDEX_NONE || strlen(paths[i]) >= strlen(paths[best])))
			best = i;
	return best;
}

/* Few names, so that many stand at one place and below each other. */
static const char *some_path(void)
{
	const char *path = "";
	int depth = rand() % 5;

	while (depth-- > 0)
		path = sbx_format("%s/%c%s", path, 'a' + rand() % 4, rand() % 3 ? "" : "bc");
	return *path ? path : "/";
}

static void finds_what_a_search_finds(void **state)
{
	struct sbx_path_index index = { .room = 0 };

	(void)state;
	srand(1);
	assert_int_equal(sbx_path_index_above(&index, "/a", 2, NULL, NULL), SBX_PATH_INDEX_NONE);
	for (size_t i = 0; i < COUNT; i++) {
		const char *path = some_path();

		paths[i] = some_path();
		sbx_path_index_add(&index, paths[i], strlen(paths[i]), i);
		assert_int_equal(sbx_path_index_above(&index, path, strlen(path), NULL, NULL), search(path, false));
		assert_int_equal(sbx_path_index_above(&index, path, strlen(path), is_even, NULL), search(path, true));
		assert_int_equal(sbx_path_index_at(&index, path, strlen(path), NULL, NULL), search_at(path));
	}
	sbx_path_index_clear(&index);
	assert_int_equal(sbx_path_index_above(&index, "/a", 2, NULL, NULL), SBX_PATH_INDEX_NONE);
}

static bool is_counted(void *context, size_t value)
{
	(void)value;
	(*(size_t *)context)++;
	return true;
}

/* A command line of thousands of files in one directory: none is compared with all the others. */
static void looks_at_few(void **state)
{
	struct sbx_path_index index = { .room = 0 };
	size_t asked = 0;

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		const char *path = sbx_format("/home/someone/files/%zu.txt", i);

		sbx_path_index_add(&index, path, strlen(path), i);
		assert_int_equal(sbx_path_index_above(&index, path, strlen(path), is_counted, &asked), i);
	}
	assert_int_equal(asked, 20000);
	assert_true(index.room >= 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(finds_what_a_search_finds),
					    cmocka_unit_test(looks_at_few) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
