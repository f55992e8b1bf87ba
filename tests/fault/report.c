/* SPDX-License-Identifier: MIT */
/*
 * report.c -- the target of a fault injection: says what it can do and what is in force, one line `NAME RESULT` each.
 * OK: that was possible; an errno: it wasn't; everything else is a fact.
 *
 *   report              does so
 *   report limits       tries how many processes and how much memory it gets, too
 *   report start FILE   starts FILE, which does, and ends as it does
 *   report IN OUT HOW   reads IN and makes OUT; replaces it (HOW is "replace"), removes it ("remove"), or makes
 *                       OUT-1.ppm ("page")
 *
 * What it needs to know of the outside is in the environment: what an argument names might be granted. FAULT_OUTSIDE: a
 * directory that isn't granted; FAULT_PORT: it and the next are listened on, and the abstract name sbx-fault.PORT;
 * FAULT_PID: a process; FAULT_mnt and so on: the namespaces.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/mark.h"
#include "tests/fault/report.h"
#include "tests/tools/dangerous.h"
#include "tests/tools/errname.h"

#define EXECUTED 7
#define DONE 33

extern char **environ;

/* One write at the end: a run that is killed amid its report has none. */
static char text[65536];
static size_t text_len;

void say(const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text + text_len, sizeof(text) - text_len, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text) - text_len)
		abort();
	text_len += (size_t)len;
}

static long tried(const char *name, long result)
{
	say("%s %s\n", name, errname(result < 0 ? errno : 0));
	return result;
}

static void try_open(const char *name, const char *path, int flags)
{
	const int fd = (int)tried(name, open(path, flags | O_CLOEXEC, 0644));

	if (fd < 0)
		return;
	close(fd);
	if (flags & O_EXCL)
		unlink(path);
}

static void try_outside(const char *outside)
{
	char path[4096], own[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/secret", outside);
	snprintf(own, sizeof(own), "%s/own.%d", outside, (int)getpid());
	try_open("outside_read", path, O_RDONLY);
	try_open("outside_write", path, O_WRONLY);
	try_open("outside_create", own, O_WRONLY | O_CREAT | O_EXCL);
	tried("outside_stat", stat(path, &st));
	tried("outside_truncate", truncate(path, 6));
	tried("outside_chmod", chmod(path, 0600));
	tried("outside_chdir", chdir(outside));
}

static void list(const char *path)
{
	unsigned int count = 0, sum = 0; /* whatever the order */
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) && ++count)
		for (const char *c = entry->d_name; *c; c++)
			sum += (unsigned char)*c;
	say("list_%s %s\n", path, errname(dir ? 0 : errno));
	say("entries_%s %u %u\n", path, count, sum);
	if (dir)
		closedir(dir);
}

static void try_files(void)
{
	/* made by the kernel for root alone, or masked */
	static const char *const proc[] = { "keys",        "key-users",   "slabinfo",  "timer_list",
					    "vmallocinfo", "kcore",       "kmsg",      "kpageflags",
					    "kallsyms",    "sched_debug", "1/environ", "1/root/etc/passwd" };
	char path[64], byte;

	try_open("shadow", "/etc/shadow", O_RDONLY);
	try_open("usr_create", "/usr/bin/sbx-fault-new", O_WRONLY | O_CREAT | O_EXCL);
	try_open("root_create", "/sbx-fault-new", O_WRONLY | O_CREAT | O_EXCL);
	try_open("hostname", "/proc/sys/kernel/hostname", O_WRONLY);
	try_open("sysrq", "/proc/sysrq-trigger", O_WRONLY);
	try_open("null", "/dev/null", O_RDWR);
	try_open("tty", "/dev/tty", O_RDWR);
	try_open("memory", "/proc/self/mem", O_RDWR);
	for (size_t i = 0; i < sizeof(proc) / sizeof(proc[0]); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%s", proc[i]);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		tried(path, fd < 0 ? -1 : read(fd, &byte, 1));
		if (fd >= 0)
			close(fd);
	}
	list("/");
	list("/tmp");
	list("/home");
	list("/dev");
	list("/run");
}

static void try_memory(void)
{
	char path[] = "/tmp/sbx-fault-XXXXXX";
	const int fd = (int)tried("tmp_create", mkstemp(path)), memory = (int)syscall(SYS_memfd_create, "x", 0);

	if (fd >= 0) {
		tried("tmp_setuid", fchmod(fd, 04755));
		tried("tmp_map_exec", (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
		unlink(path);
		close(fd);
	}
	tried("memfd", memory);
	close(memory);
	tried("map_write_exec",
	      (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void try_connect(const char *name, const struct sockaddr *address, socklen_t len)
{
	const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tried(name, fd < 0 ? -1 : connect(fd, address, len));
	if (fd >= 0)
		close(fd);
}

static void try_net(int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX };
	const int len = snprintf(abstract.sun_path + 1, sizeof(abstract.sun_path) - 1, "sbx-fault.%d", port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tried("bind", fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&in, sizeof(in)));
	tried("listen", fd < 0 ? -1 : listen(fd, 1));
	close(fd);
	for (int i = 0; i < 2; i++) {
		in.sin_port = htons((uint16_t)(port + i));
		try_connect(i ? "connect_other" : "connect", (const struct sockaddr *)&in, sizeof(in));
	}
	try_connect("connect_abstract", (const struct sockaddr *)&abstract,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len));
	fd = (int)tried("socket_udp", socket(AF_INET, SOCK_DGRAM, 0));
	close(fd);
	fd = (int)tried("socket_inet6", socket(AF_INET6, SOCK_STREAM, 0));
	close(fd);
}

static void try_processes(pid_t outside)
{
	char path[64];
	struct stat st;

	tried("kill", kill(outside, 0));
	tried("kill_group", kill(-getpgid(outside), 0));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)outside);
	tried("see", stat(path, &st));
}

static void show_status(void)
{
	static const char *const keys[] = {
		"Uid:",    "Gid:",    "Groups:", "NoNewPrivs:", "Seccomp:", "Seccomp_filters:", "CapInh:", "CapPrm:",
		"CapEff:", "CapBnd:", "CapAmb:", "SigBlk:",     "SigIgn:",  "SigCgt:",          "Umask:"
	};
	FILE *file = fopen("/proc/self/status", "re");
	char line[512];

	tried("status", file ? 0 : -1);
	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (strncmp(line, keys[i], strlen(keys[i])) == 0)
				say("%s", line);
	if (file)
		fclose(file);
	say("dumpable %d\nkeepcaps %d\n", prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS));
	say("securebits %d\n", prctl(PR_GET_SECUREBITS));
}

static void show_namespaces(void)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "user", "uts" };
	char path[64], link[64], variable[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		snprintf(variable, sizeof(variable), "FAULT_%s", names[i]);
		len = readlink(path, link, sizeof(link) - 1);
		link[len < 0 ? 0 : len] = 0;
		say("namespace_%s %s\n", names[i],
		    len < 0                             ? errname(errno) :
		    strcmp(getenv(variable), link) == 0 ? "host" :
							  "own");
	}
}

/* Where, what of it, and how; not by which number. */
static void show_mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], root[1024], at[1024], how[1024];

	tried("mountinfo", file ? 0 : -1);
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*d %*d %*s %1023s %1023s %1023s", root, at, how) == 3)
			say("mount_%s %s %s\n", at, root, how);
	if (file)
		fclose(file);
}

static void show_process(void)
{
	struct rlimit limit;
	struct utsname names;
	char cwd[4096];

	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
			say("rlimit_%d %llu %llu\n", i, (unsigned long long)limit.rlim_cur,
			    (unsigned long long)limit.rlim_max);
	for (char **entry = environ; *entry; entry++)
		if (strncmp(*entry, "FAULT_", 6) != 0)
			say("env_%.40s\n", *entry);
	for (int i = 0; i < 1024; i++)
		if (fcntl(i, F_GETFD) >= 0)
			say("fd_%d open\n", i);
	uname(&names);
	say("host %s\ncwd %s\n", names.nodename, getcwd(cwd, sizeof(cwd)) ? cwd : errname(errno));
}

static void try_dangerous(void)
{
	for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++) {
		const struct attempt *attempt = &dangerous[i];
		const long *arg = attempt->arg;

		if (attempt->nr != SYS_clone) /* a success would report twice */
			tried(attempt->name, syscall(attempt->nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]));
	}
}

/* How many more rulesets can be stacked: 16 less those that are in force. */
static void show_rulesets(void)
{
	const struct {
		uint64_t fs, net, scoped;
	} attr = { .net = 1 };
	int count = 0, fd;

	do {
		fd = (int)syscall(444, &attr, 16, 0);
		if (fd < 0 || syscall(446, fd, 0) < 0)
			break;
		close(fd);
	} while (++count < 16);
	say("rulesets_left %d %s\n", count, errname(errno));
}

static void try_exec(char *self)
{
	char *const argv[] = { self, (char *)"executed", NULL };
	int status = 0;
	const pid_t child = vfork();

	if (child == 0) {
		execv(self, argv);
		_exit(errno & 127);
	}
	tried("fork", child);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return;
	say("exec %s\n", WEXITSTATUS(status) == EXECUTED ? "OK" : errname(WEXITSTATUS(status)));
}

static int start(char *file)
{
	char *const argv[] = { file, NULL };
	int status = 0;
	pid_t child;

	syscall(SYS_getuid, MARK_UNTIL_EXEC);
	child = fork();
	if (child == 0) {
		execv(file, argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void work(const char *in, const char *out, const char *how)
{
	char path[4096], bytes[16];
	int fd = (int)tried("input", open(in, O_RDONLY | O_CLOEXEC));

	tried("input_read", fd < 0 ? -1 : read(fd, bytes, sizeof(bytes)));
	close(fd);
	snprintf(path, sizeof(path), "%s%s", out, strcmp(how, "page") == 0 ? "-1.ppm" : "");
	if (strcmp(how, "replace") == 0 || strcmp(how, "remove") == 0)
		tried("output_remove", unlink(path));
	if (strcmp(how, "remove") == 0)
		return;
	fd = (int)tried("output", open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
	tried("output_write", fd < 0 ? -1 : write(fd, "new", 3));
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return start(argv[2]);
	if (argc == 2 && strcmp(argv[1], "limits") != 0)
		return EXECUTED;
	syscall(SYS_getuid, MARK);
	if (argc == 4)
		work(argv[1], argv[2], argv[3]);
	if (argc == 2)
		try_limits();
	show_status();
	show_namespaces();
	show_mounts();
	show_process();
	try_outside(getenv("FAULT_OUTSIDE"));
	try_files();
	try_memory();
	try_net(atoi(getenv("FAULT_PORT")));
	try_processes(atoi(getenv("FAULT_PID")));
	try_dangerous();
	try_exec(argv[0]);
	show_rulesets(); /* what can't be undone comes last */
	return write(STDOUT_FILENO, text, text_len) == (ssize_t)text_len ? DONE : 1;
}
