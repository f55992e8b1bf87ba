/* SPDX-License-Identifier: MIT */
/*
 * test_conf_match.c -- which profile is for a command, by its names, its path and its first arguments.
 */
#include "tests/unit/test_conf.h"

#include "conf/config/profile_match.h"

static const char text[] = "profiles = {\n"
			   " one = { match = [ \"one\", \"shared\" ]; };\n"
			   " two = { match = [ \"two*\", \"shared\" ]; };\n"
			   " path = { match = [ \"/opt/*/bin/two\" ]; };\n"
			   " pip = { match = [ \"python3* -m pip\" ]; };\n"
			   " module = { match = [ \"python3 -m\" ]; };\n"
			   " python = { match = [ \"python3\" ]; };\n"
			   " extract = { match = [ \"tar x*\", \"tar -x*\" ]; };\n"
			   " opt = { match = [ \"/opt/tar x*\" ]; };\n"
			   "};";

struct fixture {
	struct sbx_pool pool;
	struct sbx_errs errs;
	struct sbx_config config;
};

static struct fixture *fixture(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->errs.pool = f->config.pool = &f->pool;
	f->config.errs = &f->errs;
	assert_int_equal(sbx_parse_text(&f->config, "t.conf", text, false), 0);
	return f;
}

static void release_fixture(struct fixture *f)
{
	sbx_pool_free(&f->pool);
	free(f);
}

static void names_and_paths(void **state)
{
	static const struct {
		const char *names[3];
		const char *profile;
	} cases[] = {
		{ { "/usr/bin/one" }, "one" },
		{ { "one" }, "one" },
		{ { "shared" }, "two" }, /* the later profile */
		{ { "/usr/bin/ones" }, "default" },
		{ { "/usr/bin/twofold" }, "two" },
		{ { "/opt/x/bin/two" }, "path" },  /* a path beats a name */
		{ { "/opt/x/y/bin/two" }, "two" }, /* * is one component of a path */
		{ { "/usr/bin/alias", "/etc/alternatives/one", "/usr/lib/twofold" }, "one" }, /* the nearer name */
		{ { "/usr/bin/one", "/opt/x/bin/two" }, "path" },
		{ { "/usr/bin/alias", "/usr/lib/unknown" }, "default" },
		{ { "/usr/bin/tar" }, "default" }, /* only for certain arguments */
		{ { NULL }, "default" },
	};
	struct fixture *f = fixture();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *items[3] = { cases[i].names[0], cases[i].names[1], cases[i].names[2] };
		struct sbx_names names = { items, 0 };

		while (names.count < 3 && items[names.count])
			names.count++;
		assert_string_equal(sbx_match_command(&f->config, &names), cases[i].profile);
	}
	release_fixture(f);
}

static void more_words_come_first(void **state)
{
	static const char *items[] = { "/usr/bin/python3", "/usr/bin/python3.11" };
	const struct sbx_names names = { items, 2 };
	struct sbx_alternatives found = { NULL, 0 };
	struct fixture *f = fixture();

	(void)state;
	sbx_match_alternatives(&f->config, &names, &found);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.items[0].profile, "pip");
	assert_string_equal(found.items[0].words, "-m pip");
	assert_string_equal(found.items[1].profile, "module");
	assert_string_equal(sbx_match_command(&f->config, &names), "python");
	release_fixture(f);
}

static void entries_that_make_no_sense(void **state)
{
	static const struct {
		const char *entry, *words;
	} cases[] = {
		{ "bin/x", "relative path" }, { "./x", "relative path" }, { " x", "begins with a space" },
		{ "x  y", "white space" },    { "x ", "white space" },    { "x\ty", "white space" },
	};
	struct fixture *f = fixture();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_non_null(strstr(sbx_match_wrong(&f->pool, cases[i].entry), cases[i].words));
	assert_null(sbx_match_wrong(&f->pool, "python3 -m pip"));
	assert_null(sbx_match_wrong(&f->pool, "/opt/*/x y"));
	release_fixture(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_paths),
		cmocka_unit_test(more_words_come_first),
		cmocka_unit_test(entries_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
