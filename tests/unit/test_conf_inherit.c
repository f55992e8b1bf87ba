/* SPDX-License-Identifier: MIT */
/*
 * test_conf_inherit.c -- what an effective policy is made of: defaults, profiles, "..." in lists, and what conflicts.
 */
#include "conf/config/profile_match.h"
#include "tests/unit/test_language.h"

static const char *chosen(struct fixture *f, const char *command)
{
	struct sbx_name name = { command, NULL, SBX_TRUST_COMMAND };
	const struct sbx_names names = { &name, 1, "", NULL };

	return sbx_match_command(&f->config, &names);
}

static void empty_list_replaces_and_grants_nothing(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy policy;

	assert_true(f->config.base.values[SBX_KEY_FS_EXEC].list.count > 0);
	assert_int_equal(sbx_parse_text(&f->config, "t.conf", "default = { fs = { exec = []; }; };", false), 0);
	assert_int_equal(sbx_policy_resolve(&f->config, "default", &policy), 0);
	assert_true(policy.values[SBX_KEY_FS_EXEC].set);
	assert_int_equal(policy.values[SBX_KEY_FS_EXEC].list.count, 0);
}

static void profiles_inherit_and_replace(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy policy;

	assert_int_equal(
		sbx_parse_text(
			&f->config, "t.conf",
			"default = { env = { set = [ \"A=1\" ]; }; };\n"
			"profiles = { mine = { inherit = \"parser\"; match = [ \"my*\" ]; net = \"loopback\"; };\n"
			" unzip = { match = [ \"unzip\" ]; latch = \"off\"; }; };",
			false),
		0);
	assert_int_equal(sbx_policy_resolve(&f->config, "mine", &policy), 0);
	assert_int_equal(policy.values[SBX_KEY_NET_MODE].number, SBX_NET_LOOPBACK);
	assert_int_equal(policy.values[SBX_KEY_LATCH].number, SBX_LATCH_REQUIRED);
	assert_int_equal(policy.values[SBX_KEY_ENV_SET].list.count, 1);
	/* A profile of the same name replaces the built-in one, with all it had. */
	assert_int_equal(sbx_policy_resolve(&f->config, "unzip", &policy), 0);
	assert_int_equal(policy.values[SBX_KEY_LATCH].number, SBX_LATCH_OFF);
	assert_int_equal(policy.values[SBX_KEY_ARGS_OUTPUTS].list.count, 1);
	assert_string_equal(policy.values[SBX_KEY_ARGS_OUTPUTS].list.items[0].text, "absent");
	assert_string_equal(chosen(f, "myself"), "mine");
	assert_string_equal(chosen(f, "pdftotext"), "pdftotext");
	assert_string_equal(chosen(f, "true"), "default");
}

static void inheritance_errors(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		sbx_parse_text(&f->config, "t.conf",
			       "profiles = {\n a = { inherit = \"b\"; };\n b = { inherit = \"a\"; };\n c = { inherit = "
			       "\"parsr\"; };\n};",
			       false),
		0);
	assert_int_not_equal(sbx_policy_check_inheritance(&f->config), 0);
	assert_int_equal(f->errs.count, 3);
	assert_string_equal(f->errs.items[0].text, "profile inherits from itself: a -> b -> a");
	assert_int_equal(f->errs.items[0].origin.line, 2);
	assert_string_equal(f->errs.items[2].text, "no profile \"parsr\"; did you mean \"parser\"?");
	assert_int_equal(f->errs.items[2].origin.line, 4);
}

static void conflicts_are_errors(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "namespaces = [ \"mount\", \"pid\" ];", "needs \"user\"" },
		{ "namespaces = [ \"user\", \"mount\" ];", "only go together" },
		{ "namespaces = [ \"user\", \"pid\" ];", "only go together" },
		{ "namespaces = [ \"user\", \"mount\", \"pid\" ]; net = \"loopback\";", "needs \"net\"" },
		{ "namespaces = [ ]; fs = { hide = [ \"/usr/x\" ]; };", "fs.hide" },
		{ "namespaces = [ ]; fs = { tmpfs = [ \"/x\" ]; };", "fs.tmpfs" },
		{ "namespaces = [ ]; map_root = true;", "map_root" },
		{ "namespaces = [ ]; as_pid_1 = true;", "as_pid_1" },
		{ "net = { connect = [ 443 ]; };", "net.connect: a list of ports needs net.mode = \"host\"" },
		{ "net = { mode = \"loopback\"; bind = [ ]; };",
		  "net.bind: a list of ports needs net.mode = \"host\"" },
		{ "net = { mode = \"host\"; connect = ( \"any\", 443 ); };",
		  "net.connect: \"any\" is every port and stands alone" },
		{ "net = { mode = \"host\"; bind = ( \"...\", 443 ); };",
		  "net.bind: \"any\" is every port and stands alone" },
		{ "children = true; latch = \"off\";", "latch = \"off\"" },
		{ "children = true; namespaces = [ ];", "private root" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_config config = f->config;
		struct sbx_policy policy;

		f->errs.count = 0;
		assert_int_equal(sbx_parse_text(&config, "t.conf",
						sbx_pool_printf(&f->pool, "default = { %s };", cases[i].text), false),
				 0);
		assert_int_equal(sbx_policy_resolve(&config, "default", &policy), 0);
		assert_int_not_equal(sbx_check_policy(&policy, SBX_FOR_RUN, &f->errs), 0);
		assert_int_equal(f->errs.count, 1);
		assert_int_equal(f->errs.items[0].origin.line, 1);
		assert_non_null(strstr(f->errs.items[0].text, cases[i].words));
	}
}

/* What stands beside a conflict and is none. */
static void no_conflict(void **state)
{
	static const char *const cases[] = {
		"net = { mode = \"host\"; connect = [ 443, 53 ]; bind = [ ]; };",
		"net = { mode = \"host\"; connect = [ \"any\" ]; };",
		"namespaces = [ ]; seccomp = { action = \"kill\"; };",
		"namespaces = [ ]; seccomp = { action = \"log\"; log = [ \"@chown\" ]; };",
		"namespaces = [ ]; latch = \"required\"; limits = { wall = \"5s\"; };",
		"seccomp = { action = \"log\"; log = [ \"@chown\" ]; };",
		"children = true;",
		"preload = [ \"libz.so.1\" ]; latch = \"required\";",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sbx_config config = f->config;
		struct sbx_policy policy;

		assert_int_equal(sbx_parse_text(&config, "t.conf",
						sbx_pool_printf(&f->pool, "default = { %s };", cases[i]), false),
				 0);
		assert_int_equal(sbx_policy_resolve(&config, "default", &policy), 0);
		assert_int_equal(sbx_check_policy(&policy, SBX_FOR_RUN, &f->errs), 0);
	}
}

/* The items of a list as one line. */
static const char *items(struct fixture *f, const struct sbx_list *list)
{
	const char *line = "";

	for (size_t i = 0; i < list->count; i++)
		line = sbx_pool_printf(&f->pool, "%s%s%s", line, i ? " " : "", list->items[i].text);
	return line;
}

static const char *effective(struct fixture *f, const char *profile, enum sbx_key_id id)
{
	struct sbx_policy policy;

	assert_int_equal(sbx_policy_resolve(&f->config, profile, &policy), 0);
	return items(f, sbx_policy_list(&policy, id));
}

static void add_source(struct fixture *f, const char *name, const char *text)
{
	assert_int_equal(sbx_parse_text(&f->config, name, text, false), 0);
}

static void lists_are_extended_in_order(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy policy;
	const struct sbx_list *list;

	add_source(f, "a.conf", "default = { fs = { read = [ \"/a\", \"...\" ]; }; env = { set = [ \"...\" ]; }; };");
	add_source(f, "b.conf",
		   "default = {\n fs = { read = [ \"/b\", \"...\", \"/c\" ]; };\n};profiles = { p = { fs = { read = [ "
		   "\"...\", \"/p\" ]; }; };\n q = { inherit = \"p\"; fs = { read = (\"/q\", \"...\"); }; }; };");
	assert_string_equal(effective(f, "default", SBX_KEY_FS_READ), "/b /a /c");
	assert_string_equal(effective(f, "p", SBX_KEY_FS_READ), "/b /a /c /p");
	assert_string_equal(effective(f, "q", SBX_KEY_FS_READ), "/q /b /a /c /p");
	assert_string_equal(effective(f, "q", SBX_KEY_ENV_SET), "");
	assert_int_equal(sbx_parse_set(&f->config, "fs.read=[\"...\", \"/s\"]"), 0);
	assert_int_equal(sbx_parse_set(&f->config, "fs.read=[\"/t\", \"...\"]"), 0);
	assert_string_equal(effective(f, "q", SBX_KEY_FS_READ), "/t /q /b /a /c /p /s");
	assert_int_equal(sbx_policy_resolve(&f->config, "q", &policy), 0);
	list = sbx_policy_list(&policy, SBX_KEY_FS_READ);
	assert_string_equal(list->items[2].origin.file, "b.conf");
	assert_int_equal(list->items[2].origin.line, 2);
	assert_string_equal(list->items[3].origin.file, "a.conf");
	assert_string_equal(list->items[6].origin.file, "--set fs.read=[\"...\", \"/s\"]");
	assert_int_equal(sbx_parse_set(&f->config, "fs.read=[]"), 0);
	assert_string_equal(effective(f, "q", SBX_KEY_FS_READ), "");
}

/* Each key that holds a list takes "...", and what it stands for is what was there. */
static void every_list_is_extended(void **state)
{
	struct fixture *f = *state;
	char key[SBX_KEY_PATH_MAX];

	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		const char *before = effective(f, "default", (enum sbx_key_id)id);

		if (!sbx_key_is_list(sbx_keys[id].type))
			continue;
		assert_int_equal(sbx_parse_set(&f->config, sbx_pool_printf(&f->pool, "%s=[\"...\"]",
									   sbx_key_path((enum sbx_key_id)id, key))),
				 0);
		assert_string_equal(effective(f, "default", (enum sbx_key_id)id), before);
	}
}

static void ports_are_extended(void **state)
{
	struct fixture *f = *state;

	add_source(f, "a.conf",
		   "profiles = { a = { net = { mode = \"host\"; connect = [ 443 ]; }; };\n"
		   "b = { inherit = \"a\"; net = { connect = ( \"...\", 8080, 53 ); }; }; };");
	assert_string_equal(effective(f, "b", SBX_KEY_NET_CONNECT), "443 8080 53");
}

static void profiles_are_amended(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy policy;

	add_source(f, "a.conf",
		   "profiles = { t = { inherit = \"parser\"; match = [ \"t1\" ]; fs = { read = [ \"/a\" ]; }; };\n"
		   " u = { match = [ \"t*\" ]; inherit = \"t\"; }; };");
	add_source(f, "b.conf", "profiles = { t = { inherit = \"t\"; fs = { read = [ \"...\", \"/b\" ]; }; }; };");
	assert_string_equal(effective(f, "t", SBX_KEY_FS_READ), "/a /b");
	assert_string_equal(items(f, &sbx_profile_find(&f->config, "t")->match), "t1");
	assert_string_equal(chosen(f, "t1"), "u"); /* it stays where it was */
	add_source(f, "c.conf",
		   "profiles = { t = { inherit = \"t\"; match = [ \"...\", \"t2\" ]; latch = \"auto\"; }; };");
	assert_string_equal(items(f, &sbx_profile_find(&f->config, "t")->match), "t1 t2");
	assert_string_equal(chosen(f, "t1"), "t");
	assert_string_equal(effective(f, "u", SBX_KEY_FS_READ), "/a /b");
	assert_int_equal(sbx_policy_resolve(&f->config, "t", &policy), 0);
	assert_int_equal(policy.values[SBX_KEY_LATCH].number, SBX_LATCH_AUTO);
	assert_int_equal(policy.values[SBX_KEY_SECCOMP_DENY].list.count,
			 sbx_profile_find(&f->config, "parser")->policy.values[SBX_KEY_SECCOMP_DENY].list.count);
	/* What another inherits from is amended for it, too. */
	add_source(f, "d.conf", "profiles = { parser = { inherit = \"parser\"; env = { set = [ \"A=1\" ]; }; }; };");
	assert_string_equal(effective(f, "pdftotext", SBX_KEY_ENV_SET), "A=1");
	/* Replaced, nothing of it is left. */
	add_source(f, "e.conf", "profiles = { t = { fs = { read = [ \"...\", \"/e\" ]; }; }; };");
	assert_string_equal(effective(f, "t", SBX_KEY_FS_READ), "/e");
	assert_string_equal(items(f, &sbx_profile_find(&f->config, "t")->match), "");
	assert_int_equal(sbx_policy_check_inheritance(&f->config), 0);
}

static void amending_errors(void **state)
{
	struct fixture *f = *state;

	add_source(f, "t.conf", "profiles = {\n a = { inherit = \"a\"; };\n};");
	assert_int_not_equal(sbx_policy_check_inheritance(&f->config), 0);
	assert_string_equal(f->errs.items[0].text, "profile inherits from itself: a -> a");
	assert_int_equal(f->errs.items[0].origin.line, 2);
	assert_error(f, "profiles = {\n b = {\n match = [ \"...\" ]; }; };", 3, "there is no list that");
	assert_error(f, "profiles = {\n b = { inherit = \"parser\";\n match = [ \"...\" ]; }; };", 3,
		     "there is no list that");
	assert_error(f, "profiles = {\n unzip = { inherit = \"unzip\";\n match = [ \"...\", \"a\",\n \"...\" ]; }; };",
		     4, "twice");
	assert_error(f, "default = {\n fs = { read = [ \"...\", \"/a\",\n \"...\" ]; }; };", 3,
		     "fs.read: \"...\" stands in the list twice");
	assert_error(f, "default = {\n latch = \"...\"; };", 2, "unknown value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_list_replaces_and_grants_nothing),
		TEST(profiles_inherit_and_replace),
		TEST(inheritance_errors),
		TEST(conflicts_are_errors),
		TEST(no_conflict),
		TEST(lists_are_extended_in_order),
		TEST(every_list_is_extended),
		TEST(ports_are_extended),
		TEST(profiles_are_amended),
		TEST(amending_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
