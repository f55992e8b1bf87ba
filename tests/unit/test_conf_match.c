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
		struct sbx_name items[3];
		struct sbx_names names = { items, 0, "", NULL };

		for (; names.count < 3 && cases[i].names[names.count]; names.count++)
			items[names.count] = (struct sbx_name){ cases[i].names[names.count], NULL, SBX_TRUST_COMMAND };
		assert_string_equal(sbx_match_command(&f->config, &names), cases[i].profile);
	}
	release_fixture(f);
}

static void more_words_come_first(void **state)
{
	static struct sbx_name items[] = { { "/usr/bin/python3", NULL, SBX_TRUST_COMMAND },
					   { "/usr/bin/python3.11", NULL, SBX_TRUST_COMMAND } };
	const struct sbx_names names = { items, 2, "", NULL };
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
		{ "bin/x", "relative path" },
		{ "./x", "relative path" },
		{ " x", "begins with a space" },
		{ "x ... y", "before something" },
		{ "x ... -a -b", "before something" },
		{ "x ...", "before something" },
		{ "x  y", "white space" },
		{ "x ", "white space" },
		{ "x\ty", "white space" },
	};
	struct fixture *f = fixture();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_non_null(strstr(sbx_match_wrong(&f->pool, cases[i].entry), cases[i].words));
	assert_null(sbx_match_wrong(&f->pool, "python3 -m pip"));
	assert_null(sbx_match_wrong(&f->pool, "/opt/*/x y"));
	assert_null(sbx_match_wrong(&f->pool, "x ... -*y"));
	release_fixture(f);
}

static const char trusted_text[] = "profiles = {\n"
				   " wide = { match = [ \"tool\", \"~/own/*/tool\", \"tool sub\" ]; };\n"
				   " tight = { match = [ \"tool\", \"small\" ]; };\n"
				   " wider = { match = [ \"tool\", \"/opt/tool\" ]; };\n"
				   "};";

static bool is_wide(const struct sbx_config *config, const char *profile)
{
	(void)config;
	return strncmp(profile, "wide", 4) == 0;
}

static void what_widens_is_for_trusted_names(void **state)
{
	static const struct {
		const char *name;
		enum sbx_trust trust;
		const char *profile;
		size_t alternatives;
	} cases[] = {
		{ "/usr/bin/tool", SBX_TRUST_COMMAND, "wider", 1 },
		{ "/usr/bin/tool", SBX_TRUST_FILE, "tight", 0 },
		{ "/usr/bin/tool", SBX_TRUST_NONE, "tight", 0 },
		{ "/opt/tool", SBX_TRUST_FILE, "wider", 0 },
		{ "/opt/tool", SBX_TRUST_NONE, "tight", 0 },
		{ "/home/me/own/1/tool", SBX_TRUST_FILE, "wide", 0 },
		{ "/home/me/own/1/2/tool", SBX_TRUST_FILE, "tight", 0 },
		{ "/home/me/own/1/tool", SBX_TRUST_NONE, "tight", 0 },
		{ "/home/she/own/1/tool", SBX_TRUST_FILE, "tight", 0 },
		{ "~/own/1/tool", SBX_TRUST_FILE, "tight", 0 },
		{ "/tmp/small", SBX_TRUST_NONE, "tight", 0 },
	};
	struct fixture *f = fixture();

	(void)state;
	f->config.profiles.count = 0;
	assert_int_equal(sbx_parse_text(&f->config, "t.conf", trusted_text, false), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_name name = { cases[i].name, NULL, cases[i].trust };
		const struct sbx_names names = { &name, 1, "/home/me", is_wide };
		struct sbx_alternatives found = { NULL, 0 };

		assert_string_equal(sbx_match_command(&f->config, &names), cases[i].profile);
		sbx_match_alternatives(&f->config, &names, &found);
		assert_int_equal(found.count, cases[i].alternatives);
	}
	release_fixture(f);
}

static void words_for_trust(void **state)
{
	static const char *const bad[] = { "",       "roots",   "command,0",        "command:",
					   "file:x", "file:1:", "file:99999999999", "none " };
	enum sbx_trust trust;

	(void)state;
	assert_int_equal(sbx_trust_parse("command", &trust), 0);
	assert_int_equal(trust, SBX_TRUST_COMMAND);
	assert_int_equal(sbx_trust_parse("file", &trust), 0);
	assert_int_equal(trust, SBX_TRUST_FILE);
	assert_int_equal(sbx_trust_parse("none", &trust), 0);
	assert_int_equal(trust, SBX_TRUST_NONE);
	assert_int_equal(sbx_trust_parse("command:987654321", &trust), 0); /* no such group */
	assert_int_equal(trust, SBX_TRUST_NONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sbx_trust_parse(bad[i], &trust), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_paths),
		cmocka_unit_test(more_words_come_first),
		cmocka_unit_test(entries_that_make_no_sense),
		cmocka_unit_test(what_widens_is_for_trusted_names),
		cmocka_unit_test(words_for_trust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
