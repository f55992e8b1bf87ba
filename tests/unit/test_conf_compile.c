/* SPDX-License-Identifier: MIT */
/*
 * test_conf_compile.c -- policies of all shapes compile to blobs that the loader's own check accepts and that say what
 * was meant.
 */
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/mount.h>

#include "conf/compile/landlock_rights.h"
#include "shim/paths.h"
#include "tests/unit/test_conf.h"

#include "conf/compile/profile_widens.h"

static void every_profile_compiles_on_every_abi(void **state)
{
	static const char *const profiles[] = { "default", "parser", "pdftotext", "unzip", "npm" };

	(void)state;
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		for (unsigned int abi = 1; abi <= SBX_LANDLOCK_ABI_MAX + 1; abi++) {
			struct compiled *c = compile(profiles[i], abi, NULL);
			const struct sbx_layer *floor, *latch;

			assert_int_equal(c->rc, 0);
			floor = sbx_at(c->blob, c->blob->floor);
			latch = sbx_at(c->blob, c->blob->latch);
			assert_int_equal(floor->handled_access_fs, sbx_rights_fs(abi));
			assert_int_equal(floor->scoped, sbx_rights_scoped(abi));
			if (i > 0 && i < 4) {
				assert_int_equal(latch->scoped, sbx_rights_scoped(abi));
				assert_int_equal(latch->restrict_flags, abi >= 8 ? 8 : 0);
				assert_int_equal(latch->handled_access_net, sbx_rights_net(abi));
				assert_int_equal(latch->handled_access_fs, sbx_rights_fs(abi));
			} else { /* what may execute keeps all rules: once is enough where both say the same */
				assert_int_equal(latch->scoped, 0);
				assert_int_equal(latch->restrict_flags, 0);
				assert_int_equal(latch->handled_access_net, 0);
				assert_int_equal(latch->handled_access_fs, 0);
				assert_int_equal(latch->rules.len, 0);
			}
			assert_int_equal(floor->restrict_flags, 0);
			assert_int_equal((c->blob->flags & SBX_POLICY_OWN_PGRP) != 0, abi < 6);
			release(c);
		}
}

/* The rights that the layer has for a port; none: the port is closed. */
static uint64_t port_access(const struct sbx_layer *layer, uint64_t port)
{
	const struct sbx_port *ports = sbx_at(layer, layer->ports);
	uint64_t access = 0;

	for (size_t i = 0; i < layer->ports.len / sizeof(*ports); i++) {
		assert_int_not_equal(ports[i].access, 0);
		assert_int_equal(ports[i].access & ~layer->handled_access_net, 0);
		access |= ports[i].port == port ? ports[i].access : 0;
	}
	return access;
}

static void ports_are_rules_of_both_layers(void **state)
{
	static const char *const set[] = { "net=host", "net.connect=[443]", "net.bind=[80]", NULL };
	static const char *const one[] = { "net=host", "net.connect=[443]", NULL };

	(void)state;
	for (unsigned int abi = 4; abi <= SBX_LANDLOCK_ABI_MAX; abi++) {
		struct compiled *c = compile("parser", abi, set), *single = compile("parser", abi, one);
		const struct sbx_span spans[] = { c->blob->floor, c->blob->latch };
		const struct sbx_layer *alone = sbx_at(single->blob, single->blob->latch);
		const bool udp = abi >= 10;

		assert_true(c->blob->flags & SBX_POLICY_PORTS);
		for (int i = 0; i < 2; i++) {
			const struct sbx_layer *layer = sbx_at(c->blob, spans[i]);

			assert_int_equal(layer->handled_access_net, sbx_rights_net(abi));
			assert_int_equal(port_access(layer, 443),
					 SBX_NET_CONNECT_TCP | (udp ? SBX_NET_CONNECT_SEND_UDP : 0));
			assert_int_equal(port_access(layer, 80), SBX_NET_BIND_TCP | (udp ? SBX_NET_BIND_UDP : 0));
			assert_int_equal(port_access(layer, 0), udp ? SBX_NET_BIND_UDP : 0); /* a sender's own */
			assert_int_equal(port_access(layer, 81), 0);
		}
		assert_int_equal(alone->handled_access_net, SBX_NET_CONNECT_TCP | (udp ? SBX_NET_CONNECT_SEND_UDP : 0));
		assert_int_equal(port_access(alone, 0), 0);
		release(c);
		release(single);
	}
}

/* Nothing that a rule carries may be unhandled, and a rule on a file may carry no directory's right: EINVAL. */
static void rules_are_what_the_kernel_takes(void **state)
{
	static const char *const in_place[] = { "namespaces=[]", NULL };

	(void)state;
	for (unsigned int abi = 3; abi <= SBX_LANDLOCK_ABI_MAX; abi++)
		for (int shape = 0; shape < 2; shape++) {
			struct compiled *c = compile("default", abi, shape ? in_place : NULL);
			struct sbx_span spans[2];

			assert_int_equal(c->rc, 0);
			spans[0] = c->blob->floor;
			spans[1] = c->blob->latch;
			for (int i = 0; i < 2; i++) {
				const struct sbx_layer *layer = sbx_at(c->blob, spans[i]);
				const struct sbx_rule *rules = sbx_at(layer, layer->rules);

				for (size_t j = 0; j < layer->rules.len / sizeof(*rules); j++) {
					struct stat st;
					const char *path = sbx_str(layer, layer->strings, rules[j].path);

					assert_int_equal(rules[j].access & ~layer->handled_access_fs, 0);
					assert_int_equal(rules[j].access_file & ~sbx_rights_file(UINT64_MAX), 0);
					assert_true(rules[j].access != 0);
					if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
						assert_int_equal(rules[j].access, rules[j].access_file);
				}
			}
			for (int grant = 0; grant < SBX_GRANT__COUNT; grant++)
				assert_int_equal((c->blob->masks[grant].floor | c->blob->masks[grant].latch) &
							 ~sbx_rights_fs(abi),
						 0);
			release(c);
		}
}

static void default_root(void **state)
{
	static const char *const masked[] = { "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/sysrq-trigger",
					      "/proc/timer_list" };
	struct compiled *c = compile("default", 7, NULL);
	const struct sbx_mount *mounts = sbx_at(c->blob, c->blob->mounts);
	struct stat st;

	(void)state;
	assert_int_equal(c->rc, 0);
	for (size_t i = 1; i < c->blob->mounts.len / sizeof(*mounts); i++)
		assert_true(strcmp(sbx_str(c->blob, c->blob->strings, mounts[i - 1].dst),
				   sbx_str(c->blob, c->blob->strings, mounts[i].dst)) < 0);
	assert_int_equal(mount_at(c, "/tmp")->type, SBX_MOUNT_TMPFS);
	assert_int_equal(mount_at(c, "/tmp")->mode, 01777);
	assert_int_equal(mount_at(c, "/tmp")->size, SBX_SIZE_AUTO);
	assert_int_equal(mount_at(c, "/tmp")->inodes, 65536);
	assert_int_equal(mount_at(c, "/tmp")->attr, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	assert_int_equal(mount_at(c, "/proc")->attr,
			 MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++)
		if (stat(masked[i], &st) == 0 && (getuid() == 0 || (st.st_mode & 077)))
			assert_int_equal(mount_at(c, masked[i])->type, SBX_MOUNT_MASK);
	assert_int_equal(mount_at(c, "/usr")->attr, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	assert_int_equal(mount_at(c, "/etc")->type, SBX_MOUNT_DIR);
	assert_int_equal(mount_at(c, "/etc/passwd")->type, SBX_MOUNT_FILE);
	assert_null(mount_at(c, "/etc/shadow"));
	assert_null(mount_at(c, "/etc/resolv.conf"));
	assert_null(mount_at(c, "/run/dbus"));
	assert_int_equal(mount_at(c, "/dev/null")->flags, SBX_MOUNT_IS_FILE | SBX_MOUNT_SYSTEM);
	assert_int_equal(mount_at(c, "/dev/null")->attr, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	assert_int_equal(mount_at(c, SBX_INNER_EMPTY_DIR)->mode, 0);
	/* writing where it makes no sense: */
	assert_null(rule_at(c, c->blob->floor, "/dev/zero"));
	assert_true(rule_at(c, c->blob->floor, "/dev/null")->access & SBX_FS_WRITE_FILE);
	release(c);
}

static void parser_latch_loses_the_linkers_directories(void **state)
{
	struct compiled *c = compile("pdftotext", 7, NULL);
	const struct sbx_layer *latch = sbx_at(c->blob, c->blob->latch);
	const struct sbx_rule *rules = sbx_at(latch, latch->rules);

	(void)state;
	assert_int_equal(c->rc, 0);
	assert_int_equal(rule_at(c, c->blob->floor, "/usr/lib")->access, SBX_RIGHTS_READ | SBX_RIGHTS_EXEC);
	assert_null(rule_at(c, c->blob->latch, "/usr/lib"));
	assert_int_equal(mount_at(c, "/usr/lib")->attr, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	assert_null(mount_at(c, "/usr"));
	assert_null(mount_at(c, "/usr/bin"));
	for (size_t i = 0; i < latch->rules.len / sizeof(*rules); i++)
		assert_int_equal(rules[i].access & SBX_FS_EXECUTE, 0);
	assert_int_equal(rule_at(c, c->blob->latch, "/")->access, SBX_FS_REFER);
	assert_int_equal(c->blob->masks[SBX_GRANT_TARGET].latch, SBX_RIGHTS_READ);
	assert_int_equal(c->blob->masks[SBX_GRANT_TARGET].floor, SBX_RIGHTS_READ | SBX_RIGHTS_EXEC);
	assert_int_equal(c->blob->masks[SBX_GRANT_SHIM].latch, 0);
	assert_int_equal(c->blob->latch_mode, SBX_LATCH_REQUIRED);
	release(c);
}

static void masks_of_late_grants(void **state)
{
	struct compiled *c = compile("parser", 9, NULL);
	const struct sbx_mask *masks = c->blob->masks;
	const uint32_t data = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

	(void)state;
	assert_int_equal(c->rc, 0);
	assert_int_equal(masks[SBX_GRANT_RO].attr, data | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC);
	assert_int_equal(masks[SBX_GRANT_RO].floor, 0);
	assert_int_equal(masks[SBX_GRANT_RO].latch, SBX_RIGHTS_READ);
	assert_int_equal(masks[SBX_GRANT_RO].latch_file, SBX_FS_READ_FILE);
	assert_int_equal(masks[SBX_GRANT_RW].attr, data | MOUNT_ATTR_NOEXEC);
	assert_int_equal(masks[SBX_GRANT_RW].floor, SBX_RIGHTS_READ | SBX_RIGHTS_WRITE);
	assert_int_equal(masks[SBX_GRANT_RWX].attr, data);
	assert_int_equal(masks[SBX_GRANT_RWX].latch, SBX_RIGHTS_READ | SBX_RIGHTS_WRITE | SBX_RIGHTS_EXEC);
	assert_int_equal(masks[SBX_GRANT_OUTPUT].attr, masks[SBX_GRANT_RW].attr);
	assert_false(masks[SBX_GRANT_TMPFS].latch & SBX_FS_RESOLVE_UNIX);
	assert_false(masks[SBX_GRANT_RW].latch & SBX_FS_RESOLVE_UNIX);
	release(c);
	c = compile("default", 9, NULL); /* its latch has no rules of its own */
	assert_int_equal(c->blob->masks[SBX_GRANT_RW].floor, SBX_RIGHTS_READ | SBX_RIGHTS_WRITE);
	assert_int_equal(c->blob->masks[SBX_GRANT_RW].latch, 0);
	release(c);
}

static void host_network_drops_the_namespace(void **state)
{
	static const char *const host[] = { "net=host", NULL }, *const loopback[] = { "net=loopback", NULL };
	struct compiled *c = compile("default", 7, host);

	(void)state;
	assert_int_equal(c->blob->namespaces & CLONE_NEWNET, 0);
	assert_int_equal(((const struct sbx_layer *)sbx_at(c->blob, c->blob->floor))->handled_access_net, 0);
	release(c);
	c = compile("default", 7, loopback);
	assert_true(c->blob->namespaces & CLONE_NEWNET);
	assert_true(c->blob->flags & SBX_POLICY_LO_UP);
	release(c);
}

static void landlock_is_required_unless_best_effort(void **state)
{
	static const char *const without[] = { "best_effort=[\"landlock\"]", NULL }, *const in_place[] = {
		"namespaces=[]", NULL
	};
	struct compiled *c = compile("default", 0, NULL);

	(void)state;
	assert_int_not_equal(c->rc, 0);
	assert_non_null(strstr(c->errs.items[0].text, "layer landlock"));
	release(c);
	c = compile("default", 0, without);
	assert_int_equal(c->rc, 0);
	assert_int_equal(((const struct sbx_layer *)sbx_at(c->blob, c->blob->floor))->handled_access_fs, 0);
	assert_int_equal(((const struct sbx_layer *)sbx_at(c->blob, c->blob->floor))->rules.len, 0);
	assert_int_equal(c->blob->masks[SBX_GRANT_RW].floor, 0);
	release(c);
	c = compile("default", 2, in_place);
	assert_int_not_equal(c->rc, 0);
	release(c);
}

static void in_place_has_no_mounts(void **state)
{
	static const char *const set[] = { "namespaces=[]", NULL };
	struct compiled *c = compile("default", 7, set);

	(void)state;
	assert_int_equal(c->rc, 0);
	assert_int_equal(c->blob->namespaces, 0);
	assert_int_equal(c->blob->mounts.len, 0);
	assert_int_equal(rule_at(c, c->blob->floor, "/")->access, SBX_FS_REFER);
	assert_null(rule_at(c, c->blob->floor, "/tmp"));
	assert_null(rule_at(c, c->blob->floor, "/etc"));
	assert_non_null(rule_at(c, c->blob->floor, "/etc/passwd"));
	assert_int_equal(c->blob->masks[SBX_GRANT_RO].floor, SBX_RIGHTS_READ);
	release(c);
}

static void latch_off_has_no_latch(void **state)
{
	static const char *const set[] = { "latch=off", NULL };
	struct compiled *c = compile("pdftotext", 7, set);

	(void)state;
	assert_int_equal(c->rc, 0);
	assert_int_equal(c->blob->latch.len, 0);
	assert_int_equal(c->blob->latch_mode, SBX_LATCH_OFF);
	release(c);
}

/* A profile with this in it, beside the built-in default. */
static bool widens(const char *text)
{
	struct compiled *c = compile("default", 7, NULL);
	const char *config = sbx_pool_printf(&c->pool, "profiles = { one = { %s }; };", text);
	bool wide;

	if (sbx_parse_text(&c->config, "t.conf", config, false) < 0)
		fail_msg("%s: %s", text, c->errs.items[0].text);
	wide = sbx_profile_widens(&c->config, "one");
	release(c);
	return wide;
}

static void what_widens(void **state)
{
	static const char *const wide[] = {
		"net = \"host\";",
		"net = \"loopback\";",
		"fs = { read = [ \"/srv\" ]; };",
		"fs = { read = [ \"/usrx\" ]; };",
		"fs = { write = [ \"$PWD\" ]; };",
		"fs = { write = [ \"/usr/share\" ]; };",
		"fs = { exec = [ \"...\", \"$PWD\" ]; };",
		"args = { outputs = [ \"2\" ]; };",
		"args = { inputs = [ \"1>.shx\" ]; };",
		"env = { keep = [ \"GITHUB_TOKEN\" ]; };",
		"env = { drop = [ ]; };",
		"env = { set = [ \"A=b\" ]; };",
		"namespaces = [ ];",
		"seccomp = { allow = [ \"...\", \"io_setup\" ]; deny = [ ]; };",
		"seccomp = { deny = [ ]; };",
		"seccomp = { action = \"log\"; };",
		"unix_sockets = true;",
		"huge_pages = true;",
		"latch = \"off\";",
		"map_root = true;",
		"as_pid_1 = true;",
		"preload = [ \"/srv/lib.so\" ];",
		"best_effort = [ \"landlock\" ];",
		"limits = { pids = 385; };",
		"limits = { memory = \"76%\"; };",
		"limits = { memory = \"1G\"; };", /* of a small machine, that may be more */
	};
	static const char *const tight[] = {
		"",
		"inherit = \"parser\";",
		"fs = { read = [ \"/usr/share\" ]; exec = [ \"/usr/bin\" ]; hide = [ \"/usr/x\" ]; };",
		"fs = { tmpfs = [ \"/srv\" ]; };",
		"args = { values = [ \"-x\" ]; inputs = [ \"2...\", \"after: -f\" ]; grants = false; };",
		"net = { mode = \"none\"; };",
		"seccomp = { allow = [ \"@basic-io\" ]; action = \"kill\"; };",
		"map_exec = false; latch = \"required\"; children = true; proc = \"none\"; home = \"none\"; dev = [ ];",
		"env = { drop = [ \"...\", \"X\" ]; };",
		"preload = [ \"libgcc_s.so.1\" ];",
		"limits = { pids = 10; memory = \"10%\"; wall = \"1s\"; };",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (!widens(wide[i]))
			fail_msg("doesn't widen: %s", wide[i]);
	for (size_t i = 0; i < sizeof(tight) / sizeof(tight[0]); i++)
		if (widens(tight[i]))
			fail_msg("widens: %s", tight[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_widens),
		cmocka_unit_test(every_profile_compiles_on_every_abi),
		cmocka_unit_test(ports_are_rules_of_both_layers),
		cmocka_unit_test(rules_are_what_the_kernel_takes),
		cmocka_unit_test(default_root),
		cmocka_unit_test(parser_latch_loses_the_linkers_directories),
		cmocka_unit_test(masks_of_late_grants),
		cmocka_unit_test(host_network_drops_the_namespace),
		cmocka_unit_test(landlock_is_required_unless_best_effort),
		cmocka_unit_test(in_place_has_no_mounts),
		cmocka_unit_test(latch_off_has_no_latch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
