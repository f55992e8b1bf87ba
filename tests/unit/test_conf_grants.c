/* SPDX-License-Identifier: MIT */
/*
 * test_conf_grants.c -- what the paths, arguments and variables of a policy become.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>

#include <linux/mount.h>

#include "conf/config/argument_forms.h"
#include "conf/compile/landlock_rights.h"
#include "tests/unit/test_conf.h"

static char scratch[] = "/tmp/sbx-test-XXXXXX";

static void symlinks_and_nested_grants(void **state)
{
	char *dir, *set[5] = { NULL };
	struct compiled *c;

	(void)state;
	assert_true(asprintf(&dir, "%s/data/sub", scratch) > 0);
	assert_true(asprintf(&set[0], "fs.read=[\"%s/link/sub/file\", \"%s/data\"]", scratch, scratch) > 0);
	assert_true(asprintf(&set[1], "fs.write=[\"%s\"]", dir) > 0);
	assert_true(asprintf(&set[2], "fs.hide=[\"%s/link/hidden\"]", scratch) > 0);
	set[3] = strdup("fs.tmpfs=[\"/scratch\"]");
	c = compile("default", 7, (const char *const *)set);
	assert_int_equal(c->rc, 0);
	{
		const char *top = scratch;
		char path[200];

		snprintf(path, sizeof(path), "%s/link", top);
		assert_int_equal(mount_at(c, path)->type, SBX_MOUNT_SYMLINK);
		assert_int_equal(mount_at(c, path)->flags, SBX_MOUNT_VERIFY);
		assert_string_equal(sbx_str(c->blob, c->blob->strings, mount_at(c, path)->src), "data");
		snprintf(path, sizeof(path), "%s/data", top);
		assert_int_equal(mount_at(c, path)->type, SBX_MOUNT_BIND);
		assert_true(mount_at(c, path)->attr & MOUNT_ATTR_RDONLY);
		assert_false(mount_at(c, dir)->attr & MOUNT_ATTR_RDONLY);
		snprintf(path, sizeof(path), "%s/data/sub/file", top);
		assert_null(mount_at(c, path)); /* below a wider grant */
		snprintf(path, sizeof(path), "%s/data/sub/rel", top);
		assert_null(mount_at(c, path)); /* a symlink below a bind is there anyway */
		snprintf(path, sizeof(path), "%s/data/hidden", top);
		assert_int_equal(mount_at(c, path)->type, SBX_MOUNT_MASK);
		assert_int_equal(mount_at(c, path)->flags, SBX_MOUNT_OPTIONAL | SBX_MOUNT_IS_FILE);
	}
	assert_int_equal(mount_at(c, "/scratch")->type, SBX_MOUNT_TMPFS);
	assert_true(rule_at(c, c->blob->floor, "/scratch")->access & SBX_FS_MAKE_REG);
	release(c);
	free(dir);
	for (int i = 0; i < 4; i++)
		free(set[i]);
}

static void late_paths_are_left_to_the_loader(void **state)
{
	static const char *const set[] = { "fs.read=[\"$PWD\", \"$PWD/in//\", \"$ARG(1)\", \"$ARG(2)-journal\"]",
					   "fs.write=[\"$PWD/out\", \"$ARG(1)\", \"$ARG(999)/sub\"]",
					   "fs.tmpfs=[\"$PWD/tmp\"]",
					   "fs.optional=[\"...\", \"$ARG(2)-journal\"]",
					   "limits.tmp=1M",
					   NULL };
	static const struct {
		uint32_t grant, arg, flags;
		uint64_t size;
		const char *path;
	} wanted[] = { { SBX_GRANT_RWX, 0, 0, 0, "" },
		       { SBX_GRANT_RW, 0, 0, 0, "/out" }, /* writable ones first */
		       { SBX_GRANT_RW, 999, 0, 0, "/sub" },
		       { SBX_GRANT_RO, 0, 0, 0, "" },
		       { SBX_GRANT_RO, 0, 0, 0, "/in" },
		       { SBX_GRANT_RO, 2, SBX_LATE_OPTIONAL, 0, "-journal" },
		       { SBX_GRANT_TMPFS, 0, 0, 1 << 20, "/tmp" } };
	static const char *const exec[] = { "fs.exec=[\"...\", \"$PWD\"]", "fs.write=[\"$PWD\"]", NULL };
	struct compiled *c = compile("default", 7, set), *both = compile("default", 7, exec);
	const struct sbx_late *late;

	(void)state;
	assert_int_equal(c->rc, 0);
	late = sbx_at(c->blob, c->blob->late);
	assert_int_equal(c->blob->late.len / sizeof(*late), 7);
	for (size_t i = 1; i < 7; i++) {
		assert_int_equal(late[i].grant, wanted[i].grant);
		assert_int_equal(late[i].arg, wanted[i].arg);
		assert_int_equal(late[i].flags, wanted[i].flags);
		assert_int_equal(late[i].size, wanted[i].size);
		assert_string_equal(sbx_str(c->blob, c->blob->strings, late[i].path), wanted[i].path);
	}
	assert_int_equal(late[0].grant, SBX_GRANT_RW);
	assert_int_equal(late[0].arg, 1);
	late = sbx_at(both->blob, both->blob->late);
	assert_int_equal(both->blob->late.len / sizeof(*late), 1);
	assert_int_equal(late[0].grant, wanted[0].grant);
	assert_string_equal(sbx_str(both->blob, both->blob->strings, late[0].path), wanted[0].path);
	release(c);
	release(both);
}

/* --no-arg-grants turns off what the policy itself takes from the arguments, too. */
static void no_argument_paths_without_argument_grants(void **state)
{
	static const char *const set[] = { "fs.read=[\"$ARG(1)\", \"$PWD/x\"]", "args.grants=false", NULL };
	struct compiled *c = compile("default", 7, set);

	(void)state;
	assert_int_equal(c->rc, 0);
	assert_int_equal(c->blob->late.len / sizeof(struct sbx_late), 1);
	release(c);
}

/* Every form of args.inputs and args.outputs, and what of it stands in the blob. */
static const struct form {
	const char *form;
	uint32_t role, where, derive, n;
	const char *text, *suffix;
	uint32_t flags;
} forms[] = {
	{ "-f", SBX_ARG_VALUE, SBX_WHERE_AFTER, 0, 0, "-f", "", 0 },
	{ "--pages ... --", SBX_ARG_VALUE, SBX_WHERE_AFTER, 0, 1, "--pages", "", 0 },
	{ "-?", SBX_ARG_FLAG, SBX_WHERE_AFTER, 0, 0, "-?", "", 0 },
	{ "existing", SBX_ARG_INPUT, SBX_WHERE_EXISTING, 0, 0, "", "", 0 },
	{ "command", SBX_ARG_INPUT, SBX_WHERE_COMMAND, 0, 1, "", "", 0 },
	{ "command:2", SBX_ARG_INPUT, SBX_WHERE_COMMAND, 0, 2, "", "", 0 },
	{ "command:0", SBX_ARG_INPUT, SBX_WHERE_COMMAND, 0, 0, "", "", 0 },
	{ "existing:", SBX_ARG_INPUT, SBX_WHERE_EXISTING, SBX_DERIVE_PREFIXED, 0, "", "", 0 },
	{ "existing[", SBX_ARG_INPUT, SBX_WHERE_EXISTING, SBX_DERIVE_INDEXED, 0, "", "", 0 },
	{ "after: -i", SBX_ARG_INPUT, SBX_WHERE_AFTER, 0, 0, "-i", "", 0 },
	{ "-i#", SBX_ARG_INPUT, SBX_WHERE_AFTER, SBX_DERIVE_SEQUENCE, 0, "-i", "", 0 },
	{ "1>.shx", SBX_ARG_INPUT, SBX_WHERE_NTH, SBX_DERIVE_REPLACE, 1, "", ".shx", 0 },
	{ "2", SBX_ARG_OUTPUT, SBX_WHERE_NTH, 0, 2, "", "", 0 },
	{ "3...", SBX_ARG_OUTPUT, SBX_WHERE_FROM, 0, 3, "", "", 0 },
	{ "last", SBX_ARG_OUTPUT, SBX_WHERE_LAST, 0, 0, "", "", 0 },
	{ "-o", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, 0, 0, "-o", "", 0 },
	{ "after: -*f", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, 0, 0, "-*f", "", 0 },
	{ "after:c*f", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, 0, 0, "c*f", "", 0 },
	{ "-O@", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, SBX_DERIVE_URL, 0, "-O", "", 0 },
	{ "--out=", SBX_ARG_OUTPUT, SBX_WHERE_WITHIN, 0, 0, "--out=", "", 0 },
	{ "--out=#", SBX_ARG_OUTPUT, SBX_WHERE_WITHIN, SBX_DERIVE_NUMBERED, 0, "--out=", "", 0 },
	{ "within: of=", SBX_ARG_OUTPUT, SBX_WHERE_WITHIN, 0, 0, "of=", "", 0 },
	{ "within: -o:", SBX_ARG_OUTPUT, SBX_WHERE_WITHIN, 0, 0, "-o:", "", 0 },
	{ "1>.txt", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_REPLACE, 1, "", ".txt", 0 },
	{ "1...+.gz", SBX_ARG_OUTPUT, SBX_WHERE_FROM, SBX_DERIVE_APPEND, 1, "", ".gz", 0 },
	{ "1...-.gz", SBX_ARG_OUTPUT, SBX_WHERE_FROM, SBX_DERIVE_REMOVE, 1, "", ".gz", 0 },
	{ "1...-.*", SBX_ARG_OUTPUT, SBX_WHERE_FROM, SBX_DERIVE_REMOVE_ANY, 1, "", "", 0 },
	{ "1.pdf>.txt", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_REPLACE_KNOWN, 1, "", "pdf>.txt", 0 },
	{ "after: -log+-0.log", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, SBX_DERIVE_APPEND, 0, "-log", "-0.log", 0 },
	{ "name: made.txt", SBX_ARG_OUTPUT, SBX_WHERE_NAME, 0, 0, "made.txt", "", 0 },
	{ "last>.*", SBX_ARG_OUTPUT, SBX_WHERE_LAST, SBX_DERIVE_REPLACE_ANY, 0, "", "", 0 },
	{ "2+.*", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_APPEND_ANY, 2, "", "", 0 },
	{ "2#", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_NUMBERED, 2, "", "", 0 },
	{ "2#.{ppm,png}", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_NUMBERED, 2, "", "ppm,png", 0 },
	{ "1...+{-S,--suffix}", SBX_ARG_OUTPUT, SBX_WHERE_FROM, SBX_DERIVE_APPEND_VALUE, 1, "", "-S,--suffix", 0 },
	{ "2+.{txt}", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_APPEND_ANY, 2, "", "txt", 0 },
	{ "last>.{a,b}", SBX_ARG_OUTPUT, SBX_WHERE_LAST, SBX_DERIVE_REPLACE_ANY, 0, "", "a,b", 0 },
	{ "-o#.{ppm}", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, SBX_DERIVE_NUMBERED, 0, "-o", "ppm", 0 },
	{ "--out=+.{txt}", SBX_ARG_OUTPUT, SBX_WHERE_WITHIN, SBX_DERIVE_APPEND_ANY, 0, "--out=", "txt", 0 },
	{ "last:", SBX_ARG_OUTPUT, SBX_WHERE_LAST, SBX_DERIVE_PREFIXED, 0, "", "", 0 },
	{ "1...@", SBX_ARG_OUTPUT, SBX_WHERE_FROM, SBX_DERIVE_URL, 1, "", "", 0 },
	{ "1...@#", SBX_ARG_OUTPUT, SBX_WHERE_FROM, SBX_DERIVE_URL_COUNTED, 1, "", "", 0 },
	{ "-O@#", SBX_ARG_OUTPUT, SBX_WHERE_AFTER, SBX_DERIVE_URL_COUNTED, 0, "-O", "", 0 },
	{ "assigned", SBX_ARG_INPUT, SBX_WHERE_ASSIGNED, 0, 0, "", "", 0 },
	{ "absent", SBX_ARG_OUTPUT, SBX_WHERE_ABSENT, 0, 0, "", "", 0 },
	{ "last/", SBX_ARG_OUTPUT, SBX_WHERE_LAST, 0, 0, "", "", SBX_ARG_TREE },
	{ "1...//", SBX_ARG_OUTPUT, SBX_WHERE_FROM, 0, 1, "", "", SBX_ARG_TREE | SBX_ARG_CHAIN },
	{ "into/", SBX_ARG_OUTPUT, SBX_WHERE_INTO, 0, 0, "", "", SBX_ARG_TREE },
	{ "into:-*t/", SBX_ARG_OUTPUT, SBX_WHERE_INTO, 0, 0, "-*t", "", SBX_ARG_TREE },
	{ "into:--target=", SBX_ARG_OUTPUT, SBX_WHERE_INTO, 0, 0, "--target=", "", 0 },
	{ "link:last", SBX_ARG_OUTPUT, SBX_WHERE_LAST, 0, 0, "", "", SBX_ARG_LINK },
	{ "link:into:-t", SBX_ARG_OUTPUT, SBX_WHERE_INTO, 0, 0, "-t", "", SBX_ARG_LINK },
	{ "2%", SBX_ARG_OUTPUT, SBX_WHERE_NTH, SBX_DERIVE_LETTERED, 2, "", "", 0 },
	{ "else: x%", SBX_ARG_OUTPUT, SBX_WHERE_ELSE, SBX_DERIVE_LETTERED, 0, "x", "", 0 },
	{ "else: xx#", SBX_ARG_OUTPUT, SBX_WHERE_ELSE, SBX_DERIVE_NUMBERED, 0, "xx", "", 0 },
	{ "self:last/", SBX_ARG_OUTPUT, SBX_WHERE_LAST, 0, 0, "", "", SBX_ARG_TREE | SBX_ARG_LINK | SBX_ARG_SELF },
	{ "contents:into/", SBX_ARG_OUTPUT, SBX_WHERE_INTO, 0, 0, "", "",
	  SBX_ARG_TREE | SBX_ARG_LINK | SBX_ARG_CONTENTS },
	{ "existing", SBX_ARG_OUTPUT, SBX_WHERE_EXISTING, 0, 0, "", "", SBX_ARG_OLD },
	{ ".", SBX_ARG_INPUT, SBX_WHERE_CWD, 0, 1, "", "", 0 },
	{ ".0", SBX_ARG_INPUT, SBX_WHERE_CWD, 0, 0, "", "", 0 },
	{ ".2-{-e,--regexp}", SBX_ARG_INPUT, SBX_WHERE_CWD, 0, 2, "", "-e,--regexp", 0 },
	{ "else: .git/", SBX_ARG_OUTPUT, SBX_WHERE_ELSE, 0, 0, ".git", "", SBX_ARG_TREE },
};

static void forms_of_arguments(void **state)
{
	static const char *const keys[] = { "values", "flags", "inputs", "outputs" };

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *form = &forms[i];
		char value[64];
		const char *set[] = { value, NULL };
		struct compiled *c;
		const struct sbx_arg *arg;
		size_t at = 0;

		snprintf(value, sizeof(value), "args.%s=[\"%s\"]", keys[form->role], form->form);
		c = compile("default", 7, set);
		assert_int_equal(c->rc, 0);
		arg = sbx_at(c->blob, c->blob->args);
		while (at < c->blob->args.len / sizeof(*arg) && arg[at].role != form->role)
			at++;
		assert_true(at < c->blob->args.len / sizeof(*arg));
		assert_int_equal(arg[at].where, form->where);
		assert_int_equal(arg[at].derive, form->derive);
		assert_int_equal(arg[at].n, form->n);
		assert_int_equal(arg[at].flags, form->flags);
		assert_string_equal(sbx_str(c->blob, c->blob->strings, arg[at].text), form->text);
		assert_string_equal(sbx_str(c->blob, c->blob->strings, arg[at].suffix), form->suffix);
		release(c);
	}
}

static void what_is_no_form_is_refused(void **state)
{
	static const char *const bad[] = {
		"0",         "1000",      "01234",     "2..",       "2....",    "-",         "",       "x",
		"lastly",    "last>",     "last>.a/b", "last>a*",   "1-",       "1-a*",      "1#x",    "1@x",
		"1:x",       "after:",    "after: ",   "within:",   "-o>",      "a/b",       "self:",  "1#.x",
		"1#.{}",     "1+.{a,}",   "1+.{,a}",   "1+.{a,,b}", "1+.{a b}", "1+.{a",     "1+.{*}", "1>.{a/b}",
		"1-.{a}",    "1+{S}",     "1+{-S,}",   "1+{-S",     "1>{-S}",   "1@.{a}",    "1.pdf",  "1.>.txt",
		"1.pdf>txt", "1.a>.b>.c", "name:",     "name: a/b", "assigned", "absent>.x", "/",      "//",
		"link:",     "last///",   "else:",     "else:a/b",  "into>.x",  "command"
	};
	struct sbx_pool pool = { 0 };
	struct sbx_form form = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sbx_form_parse(&pool, SBX_ARG_OUTPUT, bad[i], &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_OUTPUT, ".1", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "./", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, ".12", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, ".2-{e}", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "command:", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "command:12", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "1/", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "absent", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "1@", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_INPUT, "name: x", &form), -1);
	assert_int_equal(sbx_form_parse(&pool, SBX_ARG_OUTPUT, "1[", &form), -1);
	sbx_pool_free(&pool);
}

static void environment_in_order(void **state)
{
	static const char *const set[] = { "env.keep=[\"A\"]", "env.drop=[\"B*\"]", "env.set=[\"C=d\"]", NULL };
	static const char *const env[] = { "A", "B*", "C=d" };
	struct compiled *c = compile("default", 7, set);
	const struct sbx_envrule *rules;

	(void)state;
	assert_int_equal(c->rc, 0);
	rules = sbx_at(c->blob, c->blob->env);
	assert_int_equal(c->blob->env.len / sizeof(*rules), 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(rules[i].op, i);
		assert_string_equal(sbx_str(c->blob, c->blob->strings, rules[i].text), env[i]);
	}
	release(c);
}

static void what_cannot_be_granted_is_refused(void **state)
{
	static const struct {
		const char *set, *words;
	} cases[] = {
		{ "fs.read=[\"/nonexistent/x\"]", "fs.optional" },
		{ "fs.read=[\"/\"]", "/ can't be granted" },
		{ "fs.read=[\"//\"]", "/ can't be granted" },
		{ "fs.write=[\"/proc/sys\"]", "see the key proc" },
		{ "fs.write=[\"/dev\"]", "see the key dev" },
		{ "fs.read=[\"/run/sbx\"]", "the sandbox's own" },
		{ "fs.write=[\"~\"]", "whole home" },
		{ "fs.write=[\"$HOME/\"]", "whole home" },
		{ "fs.hide=[\"$PWD/x\"]", "$PWD" },
		{ "fs.hide=[\"$ARG(1)\"]", "$ARG(n) can't be used here" },
		{ "fs.tmpfs=[\"$ARG(1)\"]", "$ARG(n) can't be used here" },
		{ "fs.protect=[\"$ARG(1)\"]", "$ARG(n) can't be used here" },
		{ "fs.read=[\"/run/user/$UID/x\"]",
		  "a protected path, which no variable may grant; write the path out" },
		{ "fs.read=[\"/srv/$UID/id_rsa\"]", "a secret by its name (fs.secrets), which no variable may grant" },
		{ "fs.read=[\"/$UID\"]", "top-level directory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const set[] = { cases[i].set, NULL };
		struct compiled *c = compile("default", 7, set);

		assert_int_not_equal(c->rc, 0);
		assert_int_equal(c->errs.count, 1);
		if (!strstr(c->errs.items[0].text, cases[i].words) && !strstr(c->errs.items[0].text, "no home"))
			fail_msg("\"%s\" doesn't say \"%s\"", c->errs.items[0].text, cases[i].words);
		release(c);
	}
}

/* In time that grows with the product of the lengths: whatever a file says, a policy is compiled at once. */
static void many_stars_in_a_pattern_are_no_loop(void **state)
{
	static const char *const ends[] = { "", "b" };

	(void)state;
	alarm(10);
	for (size_t i = 0; i < 2; i++) {
		char name[200], read[256];
		const char *const set[] = { "fs.protect=[\"*a*a*a*a*a*a*a*a*a*b\"]", read, NULL };
		struct compiled *c;

		memset(name, 'a', sizeof(name) - 1);
		name[sizeof(name) - 1] = 0;
		snprintf(read, sizeof(read), "fs.read=[\"/srv/$UID/%s%s\"]", name, ends[i]);
		c = compile("default", 7, set);
		assert_int_equal(c->errs.count, 1);
		assert_int_equal(strstr(c->errs.items[0].text, "protected by its name") != NULL, i == 1);
		release(c);
	}
	alarm(0);
}

static int make_scratch(void **state)
{
	char path[200];

	(void)state;
	assert_non_null(mkdtemp(scratch));
	snprintf(path, sizeof(path), "%s/data", scratch);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/data/sub", scratch);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/data/sub/file", scratch);
	close(open(path, O_CREAT | O_WRONLY, 0644));
	snprintf(path, sizeof(path), "%s/data/hidden", scratch);
	close(open(path, O_CREAT | O_WRONLY, 0644));
	snprintf(path, sizeof(path), "%s/link", scratch);
	return symlink("data", path);
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
		cmocka_unit_test(symlinks_and_nested_grants),
		cmocka_unit_test(late_paths_are_left_to_the_loader),
		cmocka_unit_test(no_argument_paths_without_argument_grants),
		cmocka_unit_test(forms_of_arguments),
		cmocka_unit_test(what_is_no_form_is_refused),
		cmocka_unit_test(environment_in_order),
		cmocka_unit_test(what_cannot_be_granted_is_refused),
		cmocka_unit_test(many_stars_in_a_pattern_are_no_loop),
	};

	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
