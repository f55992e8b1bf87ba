/* SPDX-License-Identifier: MIT */
/*
 * hostile.c -- a program that is hostile from its very first instruction, before any shim could act: freestanding,
 * raw system calls only. Reads a path from standard input, tries what the floor alone must stop, and prints
 * `attempt errno` lines. Built in several ways:
 *
 *   (nothing)   a static program: run as itself, as the ELF interpreter of another, and as a script's interpreter
 *   -DIFUNC     in an IFUNC resolver of an ordinary dynamic program, which runs before every constructor
 *   -DPREINIT   in PREINIT_ARRAY: the first code that runs behind the shim
 */
#include <asm/unistd.h>
#include <linux/fcntl.h>

#include "tests/tools/errname.h"

static inline long call(long nr, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
#endif
}

static inline void say(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	call(__NR_write, 1, (long)text, length, 0, 0);
}

static inline void show(const char *attempt, long result)
{
	say(attempt);
	say(" ");
	say(errname(result < 0 ? (int)-result : 0));
	say("\n");
}

static inline void try_open(const char *attempt, const char *path, long flags)
{
	long fd = call(__NR_openat, AT_FDCWD, (long)path, flags, 0644, 0);

	show(attempt, fd);
	if (fd >= 0)
		call(__NR_close, fd, 0, 0, 0, 0);
}

/* `forking`: whether a child may be made here (in an IFUNC resolver the process is not ready for that) */
static inline void attack(int forking)
{
	char path[512];
	long got = call(__NR_read, 0, (long)path, sizeof(path) - 1, 0, 0);

	if (got > 0) {
		path[got - (path[got - 1] == '\n')] = 0;
		try_open("canary", path, O_RDONLY);
	}
	try_open("shadow", "/etc/shadow", O_RDONLY);
	try_open("etc_create", "/etc/sbx-hostile", O_WRONLY | O_CREAT);
	try_open("usr_create", "/usr/bin/sbx-hostile", O_WRONLY | O_CREAT);
	try_open("init_mem", "/proc/1/mem", O_RDWR);
	try_open("sysctl", "/proc/sys/kernel/core_pattern", O_WRONLY);
	show("socket_inet", call(__NR_socket, 2, 1, 0, 0, 0));
	show("socket_netlink", call(__NR_socket, 16, 3, 0, 0, 0));
	show("socket_unix", call(__NR_socket, 1, 1, 0, 0, 0));
	show("mount", call(__NR_mount, 8, 8, 8, 0, 0));
	show("unshare", call(__NR_unshare, 0x10000000, 0, 0, 0, 0));
	show("setns", call(__NR_setns, -1, 0, 0, 0, 0));
	show("ptrace", call(__NR_ptrace, 1, 0x7ffffff0, 0, 0, 0));
	show("keyctl", call(__NR_keyctl, 0, -3, 0, 0, 0));
	show("io_uring", call(__NR_io_uring_setup, 0, 8, 0, 0, 0));
	show("bpf", call(__NR_bpf, 9999, 8, 8, 0, 0));
	if (forking) {
		long child = call(__NR_clone, 17, 0, 0, 0, 0);

		if (child == 0)
			call(__NR_exit_group, 0, 0, 0, 0, 0);
		show("fork", child);
	}
	show("execve", call(__NR_execve, (long)"/nonexistent", 0, 0, 0, 0));
	say("end OK\n");
}

#if defined(IFUNC)

static int harmless(void)
{
	return 0;
}

__attribute__((used)) static int (*resolve(void))(void)
{
	attack(0);
	return harmless;
}

int chosen(void) __attribute__((ifunc("resolve")));
int (*volatile keep)(void) = chosen;

int main(void)
{
	say("main OK\n");
	return keep();
}

#elif defined(PREINIT)

static void first(void)
{
	attack(1);
}

__attribute__((section(".preinit_array"), used)) static void (*const array[])(void) = { first };

int main(void)
{
	say("main OK\n");
	return 0;
}

#else

__attribute__((noreturn)) void _start(void);
__attribute__((force_align_arg_pointer)) void _start(void)
{
	attack(1);
	call(__NR_exit_group, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

#endif
