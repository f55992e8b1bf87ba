/* SPDX-License-Identifier: MIT */
/*
 * test_language.h -- a configuration that holds the built-in sources, for tests of what the language says.
 */
#ifndef SBX_TEST_LANGUAGE_H
#define SBX_TEST_LANGUAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/compile/policy_conflicts.h"
#include "conf/config/config_parse.h"
#include "conf/commands/policy_print.h"
#include "conf/config/config_sources.h"
#include "conf/config/config_values.h"
#include "shim/blob.h"

struct fixture {
	struct sbx_pool pool;
	struct sbx_errs errs;
	struct sbx_config config;
};

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->errs.pool = &f->pool;
	f->config.pool = &f->pool;
	f->config.errs = &f->errs;
	assert_int_equal(sbx_source_builtin(&f->config), 0);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	sbx_pool_free(&f->pool);
	free(f);
	return 0;
}

/* The only error that `text` gives stands in `line` and says `words`. */
static inline void assert_error(struct fixture *f, const char *text, unsigned int line, const char *words)
{
	f->errs.count = 0;
	assert_int_not_equal(sbx_parse_text(&f->config, "t.conf", text, false), 0);
	assert_int_equal(f->errs.count, 1);
	assert_string_equal(f->errs.items[0].origin.file, "t.conf");
	assert_int_equal(f->errs.items[0].origin.line, line);
	if (!strstr(f->errs.items[0].text, words))
		fail_msg("\"%s\" doesn't say \"%s\"", f->errs.items[0].text, words);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
