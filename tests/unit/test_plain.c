/* SPDX-License-Identifier: MIT */
/*
 * test_plain.c -- paths without symlinks, with openat2(2) and where a filter or an old kernel has none.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cmocka.h>

#include "shim/plain.h"

static char tree[] = "/tmp/sbx-plain.XXXXXX";

static void path_in(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", tree, name);
}

static int make_tree(void **state)
{
	char dir[128], file[128], link[128];

	(void)state;
	if (!mkdtemp(tree))
		return -1;
	path_in(dir, "dir");
	path_in(file, "dir/file");
	path_in(link, "link");
	return mkdir(dir, 0755) < 0 || close(open(file, O_CREAT | O_WRONLY, 0644)) < 0 || symlink("dir", link) < 0 ?
		       -1 :
		       0;
}

static int drop_tree(void **state)
{
	char path[128];

	(void)state;
	path_in(path, "dir/file");
	unlink(path);
	path_in(path, "link");
	unlink(path);
	path_in(path, "dir");
	rmdir(path);
	return rmdir(tree);
}

static int deny_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int count_open(void)
{
	int count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* 0, or the errno; what is opened is the file of that name, and nothing else is open afterwards. */
static long opened(const char *name)
{
	const int before = count_open();
	struct stat seen, st;
	char path[128];
	long fd;

	path_in(path, name);
	fd = sbx_open_plain(path);
	if (fd >= 0 && (stat(path, &seen) < 0 || fstat((int)fd, &st) < 0 || st.st_ino != seen.st_ino))
		return -1;
	if (fd >= 0)
		close((int)fd);
	return count_open() != before ? -2 : fd < 0 ? -fd : 0;
}

/* Which expectation isn't met; 0: all are. */
static int first_wrong(void)
{
	static const struct {
		const char *name;
		long errnum;
	} cases[] = {
		{ "dir", 0 },           { "dir/file", 0 },    { "dir//file", 0 },        { "link", ELOOP },
		{ "link/file", ELOOP }, { "absent", ENOENT }, { "dir/file/x", ENOTDIR },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (opened(cases[i].name) != cases[i].errnum)
			return (int)i + 1;
	return 0;
}

static void by_openat2(void **state)
{
	(void)state;
	assert_int_equal(first_wrong(), 0);
}

static void by_component(void **state)
{
	const pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(deny_openat2() < 0 ? 100 : first_wrong());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_openat2),
		cmocka_unit_test(by_component),
	};

	return cmocka_run_group_tests_name("plain", tests, make_tree, drop_tree);
}
