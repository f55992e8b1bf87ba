/* SPDX-License-Identifier: MIT */
/*
 * test_loader.c -- the loader's pure parts: options, paths, patterns, environment, the plan's order.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "loader/base/path.h"
#include "loader/base/vec.h"
#include "loader/run/environment.h"
#include "loader/base/channel.h"
#include "loader/cli/options.h"
#include "loader/plan/plan.h"
#include "loader/base/path_resolve.h"
#include "loader/output/tree_remove.h"
#include "shim/glob.h"

static void globs(void **state)
{
	(void)state;
	assert_true(sbx_glob("*TOKEN*", "MY_TOKEN_2"));
	assert_true(sbx_glob("AWS_*", "AWS_"));
	assert_true(sbx_glob("*", ""));
	assert_true(sbx_glob("a*b*c", "aXbXbc"));
	assert_false(sbx_glob("AWS_*", "XAWS_"));
	assert_false(sbx_glob("*.pem", "a.pem.txt"));
	assert_false(sbx_glob("", "x"));
	assert_false(sbx_glob("*a*a*a*a*a*a*a*a*a*b",
			      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void paths_within(void **state)
{
	(void)state;
	assert_true(sbx_path_within("/a/b", "/a"));
	assert_true(sbx_path_within("/a", "/a"));
	assert_true(sbx_path_within("/a", "/"));
	assert_false(sbx_path_within("/ab", "/a"));
	assert_false(sbx_path_within("/a", "/a/b"));
	assert_string_equal(sbx_path_plain("//a/./...b//.c/"), "/a/...b/.c");
	assert_string_equal(sbx_path_plain("/."), "/");
	assert_null(sbx_path_plain("a"));
	assert_null(sbx_path_plain("/a/../b"));
	assert_null(sbx_path_plain("/.."));
}

/* The `number`th of the texts of up to `len` letters of "/.a", of which there are 4 to the power of `len`. */
static void nth_path(char *path, int len, unsigned number)
{
	for (int i = 0; i < len; i++, number /= 4)
		if (number % 4)
			*path++ = "/.a"[number % 4 - 1];
	*path = 0;
}

static void every_short_path(void **state)
{
	char path[8], base[8];

	(void)state;
	for (unsigned i = 0; i < 1u << 14; i++) {
		const char *plain;

		nth_path(path, 7, i);
		plain = sbx_path_plain(path);
		assert_int_equal(sbx_path_is_plain(path), plain && strcmp(plain, path) == 0);
		assert_true(!plain || sbx_path_is_plain(plain));
	}
	for (unsigned i = 0; i < 1u << 16; i++) {
		nth_path(path, 4, i & 0xff);
		nth_path(base, 4, i >> 8);
		assert_int_equal(sbx_path_within(path, base),
				 sbx_path_within_len(path, strlen(path), base, strlen(base)));
	}
}

static char dir[64];

static int make_tree(void **state)
{
	char path[128];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sbx-test-XXXXXX");
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/real", dir);
	return mkdir("real", 0700) || symlink("real", "rel") || symlink(path, "abs") || symlink("loop", "loop") ||
	       symlink("missing", "dangling") || symlink("../rel/../rel", "real/up");
}

static int drop_tree(void **state)
{
	(void)state;
	return unlink("real/up") || unlink("rel") || unlink("abs") || unlink("loop") || unlink("dangling") ||
	       rmdir("real") || chdir("/") || rmdir(dir);
}

static void resolves_to(const char *path, const char *expected, size_t links)
{
	struct sbx_resolved resolved;
	char full[128];

	snprintf(full, sizeof(full), "%s%s", dir, expected);
	assert_int_equal(sbx_resolve(dir, path, &resolved), 0);
	assert_string_equal(resolved.path, full);
	assert_int_equal(resolved.links.count, links);
}

static void paths_resolved(void **state)
{
	struct sbx_resolved resolved;

	(void)state;
	resolves_to(".", "", 0);
	resolves_to("real", "/real", 0);
	resolves_to("./real//../real/", "/real", 0);
	resolves_to("rel", "/real", 1);
	resolves_to("abs/x", "/real/x", 1);
	resolves_to("real/up", "/real", 3);
	assert_int_equal(sbx_resolve(dir, "real/new", &resolved), 0);
	assert_false(resolved.exists);
	assert_int_equal(sbx_resolve(dir, "dangling", &resolved), 0);
	assert_false(resolved.exists);
	assert_int_equal(resolved.links.count, 1);
	assert_true(resolved.ends_in_link);
	assert_int_equal(sbx_resolve(dir, "rel/new", &resolved), 0);
	assert_false(resolved.ends_in_link);
	assert_int_equal(sbx_resolve(dir, "loop", &resolved), -1);
	assert_int_equal(sbx_resolve(dir, "none/at/all", &resolved), -1);
	assert_int_equal(sbx_resolve(dir, "", &resolved), -1);
	assert_int_equal(sbx_resolve("/", "/..//..", &resolved), 0);
	assert_string_equal(resolved.path, "/");
}

/* Every path of up to four parts is resolved as realpath(3) resolves it, or where only its last part is missing. */
static void resolved_as_realpath(void **state)
{
	static const char *const parts[] = { ".", "..", "real", "rel", "abs", "up", "loop", "dangling", "none", "" };
	const unsigned count = sizeof(parts) / sizeof(parts[0]);

	(void)state;
	for (unsigned i = 0; i < count * count * count * count; i++) {
		struct sbx_resolved resolved;
		char path[256], real[PATH_MAX];
		struct stat st;
		bool there;

		snprintf(path, sizeof(path), "%s/%s/%s/%s/%s", dir, parts[i % count], parts[i / count % count],
			 parts[i / count / count % count], parts[i / count / count / count]);
		there = realpath(path, real);
		if (sbx_resolve("/", path, &resolved) < 0) {
			assert_false(there);
			continue;
		}
		assert_int_equal(resolved.exists, there);
		if (there)
			assert_string_equal(resolved.path, real);
		else
			assert_true(lstat(resolved.path, &st) < 0 && errno == ENOENT &&
				    realpath(sbx_dirname(resolved.path), real));
	}
}

/* A link that was read isn't read again; a file that stat(2) saw is opened only as that file, and behind no link. */
static void known_resolved(void **state)
{
	struct sbx_resolved resolved;
	char at[128], path[128];
	struct stat seen;
	int fd;

	(void)state;
	snprintf(at, sizeof(at), "%s/rel", dir);
	snprintf(path, sizeof(path), "%s/real/file", dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(fstat(fd, &seen), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(at), 0);
	sbx_resolve_know(at, "real");
	resolves_to("rel/file", "/real/file", 1);
	assert_int_equal(symlink("real", at), 0);

	fd = sbx_resolve_seen(path, &seen, &resolved);
	assert_true(fd >= 0 && resolved.exists);
	assert_string_equal(resolved.path, path);
	assert_int_equal(close(fd), 0);
	seen.st_ino++;
	assert_int_equal(sbx_resolve_seen(path, &seen, &resolved), -1);
	seen.st_ino--;
	snprintf(at, sizeof(at), "%s/rel/file", dir);
	assert_int_equal(sbx_resolve_seen(at, &seen, &resolved), -1);
	assert_int_equal(sbx_resolve_seen("real/file", &seen, &resolved), -1);
	assert_int_equal(unlink(path), 0);
}

/* A directory is made usable; what a link leads to is neither opened nor changed. */
static void directories_opened(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(chmod("real", 0500), 0);
	assert_int_equal(sbx_tree_open(AT_FDCWD, "rel"), -1);
	assert_int_equal(sbx_tree_open(AT_FDCWD, "abs"), -1);
	assert_int_equal(sbx_tree_open(AT_FDCWD, "dangling"), -1);
	assert_int_equal(stat("real", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0500);
	assert_int_equal(chmod("real", 0), 0);
	fd = sbx_tree_open(AT_FDCWD, "real");
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	close(fd);
}

static int parse(struct sbx_options *options, struct sbx_err *err, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return sbx_options_parse(options, argc, argv, err);
}

#define ARGV(...) ((char *[]){ (char[]){ "sbx-wrap" }, __VA_ARGS__, NULL })
#define WORD(text) ((char[]){ text })

static void options_end_at_the_command(void **state)
{
	struct sbx_options options;
	struct sbx_err err;

	(void)state;
	assert_int_equal(parse(&options, &err, ARGV(WORD("--ro"), WORD("/x"), WORD("ls"), WORD("--rw"), WORD("-v"))),
			 0);
	assert_string_equal(options.argv[0], "ls");
	assert_string_equal(options.argv[1], "--rw");
	assert_int_equal(options.paths.count, 1);
	assert_int_equal(parse(&options, &err, ARGV(WORD("--"), WORD("-v"))), 0);
	assert_string_equal(options.argv[0], "-v");
	assert_int_equal(parse(&options, &err, ARGV(WORD(""))), 0);
	assert_string_equal(options.argv[0], "");
}

static void options_become_policy(void **state)
{
	struct sbx_options options;
	struct sbx_err err;

	(void)state;
	assert_int_equal(
		parse(&options, &err, ARGV(WORD("--latch=off"), WORD("--best-effort"), WORD("net,uts"), WORD("x"))), 0);
	assert_string_equal(*(char **)sbx_vec_at(&options.sets, 0), "latch=\"off\"");
	assert_string_equal(*(char **)sbx_vec_at(&options.sets, 1), "best_effort=[\"net\",\"uts\"]");
}

static void size_belongs_to_tmpfs(void **state)
{
	struct sbx_options options;
	struct sbx_err err;
	char **argv =
		ARGV(WORD("--size"), WORD("64M"), WORD("--tmpfs"), WORD("/a"), WORD("--tmpfs"), WORD("/b"), WORD("x"));

	(void)state;
	assert_int_equal(parse(&options, &err, argv), 0);
	assert_int_equal(((struct sbx_path_option *)sbx_vec_at(&options.paths, 0))->size, 64 << 20);
	assert_int_equal(((struct sbx_path_option *)sbx_vec_at(&options.paths, 1))->size, 0);
}

static void bad_options_refused(void **state)
{
	char **const bad[] = {
		ARGV(WORD("--nonsense"), WORD("x")),
		ARGV(WORD("-z"), WORD("x")),
		ARGV(WORD("--ro")),
		ARGV(WORD("--ro"), WORD(""), WORD("x")),
		ARGV(WORD("--bind"), WORD("/a"), WORD("b"), WORD("x")),
		ARGV(WORD("--size"), WORD("-1"), WORD("x")),
		ARGV(WORD("--size"), WORD("99999999999T"), WORD("x")),
		ARGV(WORD("--size"), WORD("1M"), WORD("x")),
		ARGV(WORD("--keep-fd"), WORD("1x"), WORD("x")),
		ARGV(WORD("--setenv"), WORD("A=B"), WORD("C"), WORD("x")),
		ARGV(WORD("--share-net=yes"), WORD("x")),
		ARGV(WORD("-v")),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sbx_options options;
		struct sbx_err err = { .subject = "" };

		assert_int_equal(parse(&options, &err, bad[i]), -1);
		assert_int_equal(err.step, SBX_STEP_OPTIONS);
		assert_true(err.subject[0]);
	}
}

static void mounts_sorted_parent_first(void **state)
{
	const char *const order[] = { "/", "/a", "/a/b", "/a/b/c", "/a-b", "/ab" };
	const char *const given[] = { "/ab", "/a/b/c", "/a-b", "/", "/a", "/a/b", "/a" };
	const struct sbx_policy_blob policy = { .root_inodes = 100 };
	struct sbx_plan plan = { .policy = &policy };
	struct sbx_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		sbx_plan_add(&plan, SBX_MOUNT_DIR, given[i])->mode = (uint32_t)i;
	assert_int_equal(sbx_plan_sort(&plan, &err), 0);
	assert_int_equal(plan.mounts.count, sizeof(order) / sizeof(order[0]));
	for (size_t i = 0; i < plan.mounts.count; i++)
		assert_string_equal(((struct sbx_plan_mount *)sbx_vec_at(&plan.mounts, i))->dst, order[i]);
	assert_int_equal(((struct sbx_plan_mount *)sbx_vec_at(&plan.mounts, 1))->mode, 6); /* the later "/a" */
	assert_true(plan.root_inodes > 100 + plan.mounts.count);
	sbx_plan_add(&plan, SBX_MOUNT_SYMLINK, "/l")->src = "/elsewhere";
	sbx_plan_add(&plan, SBX_MOUNT_DIR, "/l/behind");
	assert_int_equal(sbx_plan_sort(&plan, &err), -1);
}

static void descriptors_pass(void **state)
{
	const struct sbx_msg sent = { .kind = SBX_MSG_STOP, .value = 7 };
	struct sbx_msg got;
	int channel[2], fd = -1, end[2];
	pid_t sender;
	char byte = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel), 0);
	assert_int_equal(setsockopt(channel[0], SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)), 0);
	assert_int_equal(sbx_channel_receive(channel[0], &got, &sender, &fd), SBX_NOTHING);
	assert_int_equal(pipe(end), 0);
	assert_int_equal(sbx_channel_send(channel[1], &sent, end[0]), 0);
	assert_int_equal(sbx_channel_send(channel[1], &sent, -1), 0);
	assert_int_equal(write(channel[1], &sent, sizeof(sent) - 1), sizeof(sent) - 1);
	assert_int_equal(write(end[1], "x", 1), 1);
	assert_int_equal(sbx_channel_receive(channel[0], &got, &sender, &fd), SBX_RECEIVED);
	assert_int_equal(sender, getpid());
	assert_int_equal(got.kind, SBX_MSG_STOP);
	assert_true(fd > 2);
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, 'x');
	close(fd);
	assert_int_equal(sbx_channel_receive(channel[0], &got, &sender, &fd), SBX_RECEIVED);
	assert_int_equal(got.value, 7);
	assert_int_equal(fd, -1);
	assert_int_equal(sbx_channel_receive(channel[0], &got, &sender, &fd), SBX_RECEIVED);
	assert_int_equal(got.kind, SBX_MSG__COUNT);
	close(channel[1]);
	assert_int_equal(sbx_channel_receive(channel[0], &got, &sender, &fd), SBX_CLOSED);
	close(channel[0]);
	close(end[0]);
	close(end[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs),
		cmocka_unit_test(paths_within),
		cmocka_unit_test(every_short_path),
		cmocka_unit_test_setup_teardown(paths_resolved, make_tree, drop_tree),
		cmocka_unit_test_setup_teardown(resolved_as_realpath, make_tree, drop_tree),
		cmocka_unit_test_setup_teardown(known_resolved, make_tree, drop_tree),
		cmocka_unit_test_setup_teardown(directories_opened, make_tree, drop_tree),
		cmocka_unit_test(options_end_at_the_command),
		cmocka_unit_test(options_become_policy),
		cmocka_unit_test(size_belongs_to_tmpfs),
		cmocka_unit_test(bad_options_refused),
		cmocka_unit_test(mounts_sorted_parent_first),
		cmocka_unit_test(descriptors_pass),
	};

	return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
