/* SPDX-License-Identifier: MIT */
/*
 * test_conf_children.c -- the table of children: who is in it, in what order, and what a layer takes away.
 */
#include <string.h>

#include <linux/filter.h>

#include "conf/compile/landlock_rights.h"
#include "shim/paths.h"
#include "tests/unit/test_conf.h"

#define ON "children=true"

static const struct sbx_children *table_of(const struct compiled *c)
{
	assert_int_equal(c->rc, 0);
	assert_true(c->blob->children.len > 0);
	return sbx_at(c->blob, c->blob->children);
}

static const struct sbx_child *child_of(const struct sbx_children *table, const char *pattern)
{
	const struct sbx_child *child = sbx_at(table, table->entries);

	for (size_t i = 0; i < table->entries.len / sizeof(*child); i++)
		if (!strcmp(sbx_str(table, table->strings, child[i].pattern), pattern))
			return &child[i];
	return NULL;
}

static const struct sbx_layer *layer_of(const struct sbx_children *table, const char *pattern)
{
	const struct sbx_child *child = child_of(table, pattern);
	const struct sbx_span *spans = sbx_at(table, table->layers);

	assert_non_null(child);
	assert_true(child->layer != SBX_CHILD_NO_LAYER);
	assert_int_equal(sbx_layer_check(sbx_at(table, spans[child->layer]), spans[child->layer].len), 0);
	return sbx_at(table, spans[child->layer]);
}

/* The built-in policy with profiles added, for the command `default`. */
static struct compiled *with_profiles(const char *profiles, const char *const *set)
{
	struct compiled *c = calloc(1, sizeof(*c));
	struct sbx_compile args = { .profile = "default", .abi = 7, .key = "", .key_len = 0 };

	assert_non_null(c);
	c->errs.pool = &c->pool;
	c->config.pool = &c->pool;
	c->config.errs = &c->errs;
	args.config = &c->config;
	assert_int_equal(sbx_source_builtin(&c->config), 0);
	assert_int_equal(sbx_parse_text(&c->config, "profiles", profiles, false), 0);
	for (; *set; set++)
		assert_int_equal(sbx_parse_set(&c->config, *set), 0);
	c->rc = sbx_compile_policy(&args, &c->bytes);
	c->blob = (const void *)c->bytes.bytes;
	return c;
}

static void off_unless_asked_for(void **state)
{
	static const char *const on[] = { ON, NULL };
	struct compiled *c = compile("default", 7, NULL);

	(void)state;
	assert_int_equal(c->blob->children.len, 0);
	assert_null(mount_at(c, SBX_INNER_CHILDREN));
	assert_int_equal(c->blob->masks[SBX_GRANT_SHIM].latch, 0);
	release(c);
	c = compile("pdftotext", 7, on); /* it executes nothing */
	assert_int_equal(c->blob->children.len, 0);
	release(c);
}

static void on_there_is_what_children_need(void **state)
{
	static const char *const on[] = { ON, NULL };

	(void)state;
	for (unsigned int abi = 0; abi <= SBX_LANDLOCK_ABI_MAX; abi++) {
		static const char *const without[] = { ON, "best_effort=[\"landlock\"]", NULL };
		struct compiled *c = compile("default", abi, abi ? on : without);
		const struct sbx_layer *layer = layer_of(table_of(c), "pdftotext");

		assert_non_null(mount_at(c, SBX_INNER_CHILDREN));
		assert_int_equal(mount_at(c, SBX_INNER_CHILD_REPORTS)->type, SBX_MOUNT_FIFO);
		assert_int_equal(layer->scoped, sbx_rights_scoped(abi));
		assert_int_equal(layer->handled_access_net, sbx_rights_net(abi));
		assert_int_equal(layer->handled_access_fs,
				 sbx_rights_fs(abi) & (SBX_FS_EXECUTE | SBX_FS_REFER | SBX_FS_IOCTL_DEV));
		if (abi)
			assert_int_equal(rule_at(c, c->blob->floor, SBX_INNER_CHILD_REPORTS)->access,
					 SBX_FS_WRITE_FILE);
		release(c);
	}
}

static void layers_take_what_the_profile_drops(void **state)
{
	static const char *const on[] = { ON, "net=\"host\"", NULL };
	struct compiled *c = with_profiles(
		"profiles = { net = { inherit = \"parser\"; match = [ \"net\" ]; net = \"host\"; };exec = { match = [ "
		"\"exec\" ]; };ports = { inherit = \"parser\"; match = [ \"ports\" ]; net = { mode = \"host\"; connect "
		"= [ 443 ]; }; };loop = { inherit = \"parser\"; match = [ \"loop\" ]; net = \"loopback\"; }; };",
		on);
	const struct sbx_children *table = table_of(c);

	(void)state;
	assert_int_equal(layer_of(table, "net")->handled_access_net, 0);
	assert_true(layer_of(table, "net")->handled_access_fs & SBX_FS_EXECUTE);
	/* the default profile's net is none: --set is the command's own */
	assert_int_equal(layer_of(table, "exec")->handled_access_net, sbx_rights_net(7));
	assert_false(layer_of(table, "exec")->handled_access_fs & SBX_FS_EXECUTE);
	assert_int_equal(layer_of(table, "loop")->handled_access_net, sbx_rights_net(7));
	assert_int_equal(layer_of(table, "ports")->handled_access_net, SBX_NET_CONNECT_TCP);
	assert_int_equal(layer_of(table, "ports")->ports.len, sizeof(struct sbx_port));
	for (size_t i = 0; i < 2; i++) {
		const struct sbx_layer *layer = layer_of(table, i ? "net" : "exec");
		const struct sbx_rule *rule = sbx_at(layer, layer->rules);

		assert_string_equal(sbx_str(layer, layer->strings, rule->path), "/");
		assert_int_equal(rule->access, SBX_FS_REFER);
		assert_true(layer->filter.len > sizeof(struct sock_filter));
	}
	release(c);
}

static void later_profiles_stand_first(void **state)
{
	static const char *const on[] = { ON, NULL };
	struct compiled *c = with_profiles("profiles = { a = { match = [ \"tool\", \"too*\" ]; };"
					   "b = { match = [ \"tool\" ]; latch = \"off\"; }; };",
					   on);
	const struct sbx_children *table = table_of(c);
	const struct sbx_child *first = sbx_at(table, table->entries);

	(void)state;
	assert_string_equal(sbx_str(table, table->strings, first->profile), "b");
	assert_int_equal(first->layer, SBX_CHILD_NO_LAYER);
	assert_ptr_equal(child_of(table, "tool"), first);
	assert_string_equal(sbx_str(table, table->strings, child_of(table, "too*")->profile), "a");
	release(c);
}

/* What a program can't know of itself: which path was meant, which arguments choose. */
static void paths_and_words_take_no_part(void **state)
{
	static const char *const on[] = { ON, NULL };
	struct compiled *c = with_profiles("profiles = { a = { match = [ \"/opt/x\", \"x -m y\", \"z\" ]; }; };", on);
	const struct sbx_children *table = table_of(c);

	(void)state;
	assert_null(child_of(table, "/opt/x"));
	assert_null(child_of(table, "x -m y"));
	assert_null(child_of(table, "x"));
	assert_string_equal(sbx_str(table, table->strings, child_of(table, "z")->profile), "a");
	release(c);
}

static void equal_layers_are_one(void **state)
{
	static const char *const on[] = { ON, NULL };
	struct compiled *c =
		with_profiles("profiles = { a = { inherit = \"parser\"; match = [ \"a\" ]; };"
			      "b = { inherit = \"a\"; match = [ \"b\" ]; args = { values = [ \"-x\" ]; }; }; };",
			      on);
	const struct sbx_children *table = table_of(c);

	(void)state;
	assert_int_equal(child_of(table, "a")->layer, child_of(table, "b")->layer);
	assert_ptr_equal(layer_of(table, "a"), layer_of(table, "pdftotext"));
	assert_ptr_not_equal(layer_of(table, "a"), layer_of(table, "npm"));
	release(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off_unless_asked_for),
		cmocka_unit_test(on_there_is_what_children_need),
		cmocka_unit_test(layers_take_what_the_profile_drops),
		cmocka_unit_test(later_profiles_stand_first),
		cmocka_unit_test(paths_and_words_take_no_part),
		cmocka_unit_test(equal_layers_are_one),
	};

	return cmocka_run_group_tests_name("children", tests, NULL, NULL);
}
