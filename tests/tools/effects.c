/* SPDX-License-Identifier: MIT */
/*
 * effects.c -- what an option or key has brought, seen from inside: one word for each attempt, OK, a value or an errno.
 * A path may begin with @, so that no argument names it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

static void say(long ret)
{
	if (ret < 0)
		printf("%d\n", errno);
	else
		puts("OK");
}

static void do_read(const char *path)
{
	char text[64] = "";
	const int fd = open(path, O_RDONLY);
	const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (got > 0)
		printf("%s", text);
	else
		say(got);
}

static void do_write(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0644);

	say(fd < 0 ? -1 : write(fd, "x", 1));
}

static void do_open(const char *path)
{
	say(open(path, O_RDWR));
}

static void do_list(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		printf("%d\n", count - 2);
	else
		say(-1);
}

static void do_size(const char *path)
{
	struct statvfs st;

	if (statvfs(path, &st) < 0)
		say(-1);
	else
		printf("%llu\n", (unsigned long long)st.f_blocks * st.f_frsize);
}

static void do_socket(const char *family)
{
	say(socket(strcmp(family, "unix") ? AF_INET : AF_UNIX, SOCK_STREAM, 0));
}

static void do_env(const char *name)
{
	const char *value = getenv(name);

	puts(value ? value : "-");
}

static void do_fd(const char *number)
{
	struct stat st;

	say(fstat(atoi(number), &st));
}

static void do_map(const char *ignored)
{
	(void)ignored;
	say(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
}

/* None of them, which is invalid whatever the machine has: where they are denied, that comes first. */
static void do_huge(const char *ignored)
{
	(void)ignored;
	say(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED ? -1 : 0);
}

static void do_call(const char *ignored)
{
	(void)ignored;
	say(getpriority(PRIO_PROCESS, 0) == -1 && errno ? -1 : 0);
}

static void do_self(const char *what)
{
	struct utsname name;
	char cwd[4096];

	if (strcmp(what, "uid") == 0)
		printf("%d\n", (int)getuid());
	else if (strcmp(what, "pid") == 0)
		printf("%d\n", (int)getpid());
	else if (strcmp(what, "cwd") == 0)
		puts(getcwd(cwd, sizeof(cwd)) ? cwd : "-");
	else if (strcmp(what, "host") == 0)
		puts(uname(&name) == 0 ? name.nodename : "-");
}

static const struct {
	const char *name;
	void (*attempt)(const char *);
} attempts[] = {
	{ "read", do_read }, { "write", do_write },   { "open", do_open }, { "list", do_list },
	{ "size", do_size }, { "socket", do_socket }, { "env", do_env },   { "fd", do_fd },
	{ "map", do_map },   { "huge", do_huge },     { "call", do_call }, { "self", do_self },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (strcmp(argv[1], attempts[i].name) == 0) {
			errno = 0;
			attempts[i].attempt(argv[2] + (argv[2][0] == '@'));
			return 0;
		}
	return 2;
}
