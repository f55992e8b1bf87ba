/* SPDX-License-Identifier: MIT */
/*
 * test_conf_parse.c -- what is wrong with a config file is said with its line and a suggestion; what is right survives
 * printing.
 */
#include <unistd.h>

#include "conf/config/amounts.h"
#include "tests/unit/test_language.h"

static void errors_have_line_and_suggestion(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *words;
	} cases[] = {
		{ "default = {\n fs = {\n  raed = [ ];\n };\n};", 3,
		  "unknown key \"fs.raed\"; did you mean \"read\"?" },
		{ "defautl = { };", 1, "did you mean \"default\"?" },
		{ "latch = \"auto\";", 1, "outside of a policy" },
		{ "default = {\n read = [ ];\n};", 2, "did you mean \"fs.read\"?" },
		{ "default = {\n latch = \"requird\";\n};", 2, "did you mean \"required\"?" },
		{ "default = {\n latch = 5;\n};", 2, "latch: a number, expected a string" },
		{ "default = {\n map_exec = \"yes\";\n};", 2, "expected true or false" },
		{ "default = {\n namespaces = [\"user\",\n \"mont\"];\n};", 3, "did you mean \"mount\"?" },
		{ "default = {\n best_effort = [ \"landlok\" ];\n};", 2, "did you mean \"landlock\"?" },
		{ "default = {\n dev = [ \"sda\" ];\n};", 2, "expected null, zero" },
		{ "default = {\n fs = { read = \"/srv\"; };\n};", 2, "expected a list of paths" },
		{ "default = {\n fs = { read = [ \"srv\" ]; };\n};", 2, "not an absolute path" },
		{ "default = {\n fs = { read = [ \"\" ]; };\n};", 2, "an empty string" },
		{ "default = {\n fs = { read = [ \"/a/../b\" ]; };\n};", 2, ". or .." },
		{ "default = {\n fs = { read = [ \"$CWD/x\" ]; };\n};", 2, "unknown variable" },
		{ "default = {\n fs = { read = [ \"$HOMEX\" ]; };\n};", 2, "unknown variable" },
		{ "default = {\n fs = { read = [ \"~other/x\" ]; };\n};", 2, "only the caller's own ~" },
		{ "default = {\n fs = { read = ( 5 ); };\n};", 2, "a number in the list" },
		{ "default = {\n fs = 5;\n};", 2, "expected a group" },
		{ "default = {\n seccomp = { allow = [ \"opnat\" ]; };\n};", 2, "did you mean \"openat\"?" },
		{ "default = {\n seccomp = { allow = [ \"@file-sytem\" ]; };\n};", 2,
		  "did you mean \"@file-system\"?" },
		{ "default = {\n seccomp = { allow = [ \"ptrace\" ]; };\n};", 2, "hard-denied" },
		{ "default = {\n seccomp = { allow = [ \"io_uring_setup\" ]; };\n};", 2, "hard-denied" },
		{ "default = {\n seccomp = { allow = [ \"keyctl\" ]; };\n};", 2, "hard-denied" },
		{ "default = {\n seccomp = { allow = [ \"@mount\" ]; };\n};", 2, "hard-denied" },
		{ "default = {\n seccomp = { allow = [ \"@module\" ]; };\n};", 2, "hard-denied" },
		{ "default = {\n fs = { secrets = [ \"!\" ]; };\n};", 2, "is empty" },
		{ "default = {\n fs = { secrets = [ \"~/x\" ]; };\n};", 2, "belongs in fs.protect" },
		{ "default = {\n fs = { secrets = [ \"a/../x\" ]; };\n};", 2, "matches no path" },
		{ "default = {\n limits = { tmp = \"many\"; };\n};", 2, "expected a size" },
		{ "default = {\n limits = { tmp = -1; };\n};", 2, "expected a size" },
		{ "default = {\n limits = { tmp_inodes = \"1M\"; };\n};", 2, "expected a positive number" },
		{ "default = {\n env = { set = [ \"NAME\" ]; };\n};", 2, "NAME=VALUE" },
		{ "default = {\n env = { set = [ \"LD_PRELOAD=/x\" ]; };\n};", 2, "belong to the sandbox" },
		{ "default = {\n args = { outputs = [ \"0\" ]; };\n};", 2, "expected a list of outputs" },
		{ "profiles = {\n default = { };\n};", 2, "can't be called" },
		{ "profiles = {\n x = { inherit = 5; };\n};", 2, "expected the name of a profile" },
		{ "profiles = {\n x = { match = [ \"bin/x\" ]; };\n};", 2, "relative path" },
		{ "profiles = {\n x = 5;\n};", 2, "expected a group" },
		{ "profiles = {\n x = { };\n x = { };\n};", 3, "duplicate" },
		{ "default = {\n latch = ;\n};", 2, "syntax error" },
		{ "\n@include \"/etc/passwd\"\n", 2, "@include is not supported" },
		{ "default = { };\n \t@include \"x\"\n", 2, "@include is not supported" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_error(*state, cases[i].text, cases[i].line, cases[i].words);
}

static void all_errors_are_reported(void **state)
{
	struct fixture *f = *state;

	assert_int_not_equal(
		sbx_parse_text(
			&f->config, "t.conf",
			"default = {\n latch = 5;\n nett = \"none\";\n fs = { reed = []; read = [\"a\", \"b\"]; };\n};",
			false),
		0);
	assert_int_equal(f->errs.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(f->errs.items[i].origin.line, i < 2 ? i + 2 : 4);
}

static void far_words_are_not_suggested(void **state)
{
	struct fixture *f = *state;

	assert_error(f, "default = { quux = 1; };", 1, "unknown key \"quux\"");
	assert_null(strstr(f->errs.items[0].text, "did you mean"));
}

static void builtin_defaults_are_complete_and_consistent(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy policy;

	assert_int_equal(sbx_policy_resolve(&f->config, "default", &policy), 0);
	assert_int_equal(sbx_check_policy(&policy, SBX_FOR_RUN, &f->errs), 0);
	for (size_t i = 0; i < f->config.profiles.count; i++) {
		assert_int_equal(sbx_policy_resolve(&f->config, f->config.profiles.items[i].name, &policy), 0);
		assert_int_equal(sbx_check_policy(&policy, SBX_FOR_RUN, &f->errs), 0);
	}
}

static void set_takes_values_and_bare_words(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy policy;

	assert_int_equal(sbx_parse_set(&f->config, "latch=off"), 0);
	assert_int_equal(sbx_parse_set(&f->config, "net=\"host\""), 0);
	assert_int_equal(sbx_parse_set(&f->config, "limits.tmp=1.5G"), 0);
	assert_int_equal(sbx_parse_set(&f->config, "limits.shm=4096"), 0);
	assert_int_equal(sbx_parse_set(&f->config, "fs.read=[\"/srv\"]"), 0);
	assert_int_equal(sbx_parse_set(&f->config, "namespaces=[]"), 0);
	assert_int_equal(sbx_parse_set(&f->config, "map_exec=true"), 0);
	assert_int_equal(sbx_policy_resolve(&f->config, "pdftotext", &policy), 0);
	assert_int_equal(policy.values[SBX_KEY_LATCH].number, SBX_LATCH_OFF);
	assert_int_equal(policy.values[SBX_KEY_NET_MODE].number, SBX_NET_HOST);
	assert_int_equal(policy.values[SBX_KEY_LIMITS_TMP].number, 3ull << 29);
	assert_int_equal(policy.values[SBX_KEY_LIMITS_SHM].number, 4096);
	assert_string_equal(policy.values[SBX_KEY_FS_READ].list.items[0].text, "/srv");
	assert_int_equal(policy.values[SBX_KEY_NAMESPACES].list.count, 0);
	assert_true(sbx_policy_bool(&policy, SBX_KEY_MAP_EXEC));
}

static void bad_sets_name_the_option(void **state)
{
	static const struct {
		const char *set, *words;
	} cases[] = {
		{ "fs.raed=[]", "did you mean \"fs.read\"?" },
		{ "latch", "expected KEY=VALUE" },
		{ "=x", "expected KEY=VALUE" },
		{ "latch=", "unknown value" },
		{ "latch=offf", "did you mean \"off\"?" },
		{ "fs.read=[\"/a\"", "not a value" },
		{ "latch=\"off\"; net = \"host\"", "not a value" },
		{ "latch=\n@include \"x\"", "not a value" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->errs.count = 0;
		assert_int_not_equal(sbx_parse_set(&f->config, cases[i].set), 0);
		assert_int_equal(f->errs.count, 1);
		assert_int_equal(f->errs.items[0].origin.line, 0);
		assert_string_equal(f->errs.items[0].origin.file + strlen("--set "), cases[i].set);
		assert_non_null(strstr(f->errs.items[0].text, cases[i].words));
	}
}

static void assert_same(const struct sbx_policy *a, const struct sbx_policy *b)
{
	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		const struct sbx_value *x = &a->values[id], *y = &b->values[id];

		assert_true(x->set && y->set);
		assert_int_equal(x->number, y->number);
		assert_int_equal(!x->text, !y->text);
		if (x->text)
			assert_string_equal(x->text, y->text);
		assert_int_equal(x->list.count, y->list.count);
		for (size_t i = 0; i < x->list.count; i++)
			assert_string_equal(x->list.items[i].text, y->list.items[i].text);
	}
}

/* A value for each key that differs from the default, and strings that need escapes. */
static const char every_key[] =
	"default = { fs = { read = [\"/a\", \"~/b \\\"c\\\" \\\\ d\", \"/new\\nline\", \"/ünï\", \"/x\\x01\"]; "
	"write = "
	"[\"$PWD/w\"]; exec = [\"/opt\"]; hide = [\"/usr/share/doc\"]; tmpfs = [\"/scratch\"]; optional = [\"/a\"]; "
	"protect = [\"/p\", \"*.gpg\"]; secrets = [\"*.s\", \"!a/b.s\", \"d/\"]; "
	"guard = [\".x\", \"!.git\"]; };"
	"args = { grants = false; values = [\"-f\"]; flags = [\"-y\"]; inputs = [\"-i\"]; "
	"outputs = [\"2\", \"last\", \"-o\", \"--out=\", \"1>.txt\"]; out = \"directory\"; };net = { mode = "
	"\"loopback\"; connect = [443, 53]; bind = [8080]; hosts = [\"a.example:80\"]; }; "
	"namespaces = [\"net\", \"user\"];seccomp = { allow = "
	"[\"@default\", \"ioctl\"]; deny = [\"@chown\"]; action = \"kill\"; log = [\"@chown\"]; "
	"ioctl = [\"@terminal\"]; };children = true; "
	"preload = [\"libgcc_s.so.1\"];map_exec = false; unix_sockets = true; "
	"huge_pages = true; latch = \"off\"; env = { keep = "
	"[\"A*\"]; drop = []; set = [\"A=b=c\"]; };limits = { tmp = \"1.5G\"; tmp_inodes = 5000000000L; home = 4096; "
	"shm = \"1K\"; memory = \"50%\"; swap = \"1.5G\"; pids = 9; cpu = \"150%\"; io = \"1M\"; wall = 30; grace = "
	"\"500ms\"; cpu_time = \"2m\"; file_size = 0; output = \"90%\"; output_files = 7; "
	"open_files = 64; core = \"unlimited\"; }; dev = [\"tty\"]; proc = \"none\";home = \"none\"; map_root = true; "
	"as_pid_1 = true; best_effort = [\"landlock\", \"net\"]; };";

/* Print a policy, and parse that in a configuration whose default is empty. */
static void print_and_parse(struct fixture *f, const struct sbx_policy *policy, bool origins, struct sbx_policy *again)
{
	struct sbx_config config = f->config;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	sbx_print_policy(out, policy, origins);
	fclose(out);
	memset(&config.base, 0, sizeof(config.base));
	assert_int_equal(sbx_parse_text(&config, "again.conf", text, false), 0);
	*again = config.base;
	free(text);
}

static void print_then_parse_is_the_identity(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy first, second;

	assert_int_equal(sbx_parse_text(&f->config, "t.conf\nlatch = 5; #", every_key, false), 0);
	assert_int_equal(sbx_policy_resolve(&f->config, "default", &first), 0);
	for (int id = 0; id < SBX_KEY__COUNT; id++) /* the test is about every key */
		assert_string_equal(first.values[id].origin.file, "t.conf\nlatch = 5; #");
	for (int origins = 0; origins < 2; origins++) {
		print_and_parse(f, &first, origins, &second);
		assert_same(&first, &second);
	}
}

/* The same for each key with "..." in its list, before anything is inherited; and for every built-in profile. */
static void print_then_parse_keeps_what_extends(void **state)
{
	struct fixture *f = *state;
	struct sbx_policy *set = &f->config.set, again;
	char key[SBX_KEY_PATH_MAX];

	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		const char *item = sbx_keys[id].type == SBX_TYPE_PORTS ? "8080" : NULL;

		if (!item && f->config.base.values[id].list.count)
			item = sbx_pool_printf(&f->pool, "\"%s\"", f->config.base.values[id].list.items[0].text);
		if (!sbx_key_is_list(sbx_keys[id].type))
			set->values[id] = f->config.base.values[id];
		else
			assert_int_equal(
				sbx_parse_set(&f->config, sbx_pool_printf(&f->pool, "%s=(\"...\"%s%s)",
									  sbx_key_path((enum sbx_key_id)id, key),
									  item ? ", " : "", item ? item : "")),
				0);
	}
	for (int origins = 0; origins < 2; origins++) {
		print_and_parse(f, set, origins, &again);
		assert_same(set, &again);
	}
	memset(set, 0, sizeof(*set));
	for (size_t i = 0; i < f->config.profiles.count; i++) {
		struct sbx_policy policy;

		assert_int_equal(sbx_policy_resolve(&f->config, f->config.profiles.items[i].name, &policy), 0);
		print_and_parse(f, &policy, true, &again);
		assert_same(&policy, &again);
	}
}

static void sizes(void **state)
{
	static const char *const bad[] = {
		"", "x", "-1", "0", "1X", "1KK", "1.2.3K", "K", "1e3", "99999999999T", " 1"
	};
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(sbx_amount_size("256M", &bytes), 0);
	assert_int_equal(bytes, 256u << 20);
	assert_int_equal(sbx_amount_size("1.5GiB", &bytes), 0);
	assert_int_equal(bytes, 3u << 29);
	assert_int_equal(sbx_amount_size("7", &bytes), 0);
	assert_int_equal(bytes, 7);
	assert_int_equal(sbx_amount_size("50%", &bytes), 0);
	assert_int_equal(bytes, SBX_SIZE_SHARE | SBX_WHOLE / 2);
	assert_int_equal(sbx_amount_size("auto", &bytes), 0);
	assert_int_equal(bytes, SBX_SIZE_AUTO);
	assert_int_equal(sbx_amount_size("101%", &bytes), -1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sbx_amount_size(bad[i], &bytes), -1);
}

/* sbx.conf(5) holds what the table of keys says. */
static void manual_is_up_to_date(void **state)
{
	char *wanted = NULL, *page;
	size_t size;
	FILE *file = fopen("conf/sbx.conf.5", "re"), *out;

	(void)state;
	if (!file)
		skip(); /* not run from the top of the tree */
	page = calloc(1, 1 << 18);
	assert_non_null(page);
	assert_true(fread(page, 1, (1 << 18) - 1, file) > 0);
	fclose(file);
	out = open_memstream(&wanted, &size);
	assert_non_null(out);
	sbx_print_manual(out);
	fclose(out);
	assert_non_null(strstr(page, wanted));
	free(page);
	free(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(errors_have_line_and_suggestion),
		TEST(all_errors_are_reported),
		TEST(far_words_are_not_suggested),
		TEST(builtin_defaults_are_complete_and_consistent),
		TEST(set_takes_values_and_bare_words),
		TEST(bad_sets_name_the_option),
		TEST(print_then_parse_is_the_identity),
		TEST(print_then_parse_keeps_what_extends),
		cmocka_unit_test(sizes),
		cmocka_unit_test(manual_is_up_to_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
