/* SPDX-License-Identifier: MIT */
/*
 * sys.h -- system calls without a libc: the shim has none, and what the loader shares with it must not need one.
 *
 * Every call returns the kernel's own value: a result, or -errno.
 */
#ifndef SBX_SHIM_SYS_H
#define SBX_SHIM_SYS_H

#include <asm/unistd.h>
#include <linux/audit.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define SBX_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SBX_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "sbx knows x86-64 and aarch64"
#endif

static inline long sbx_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
#else
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
#endif
}

#define sbx_sys(nr, a, b, c, d) sbx_syscall6((nr), (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

static inline long sbx_sys_open(const char *path, int flags)
{
	return sbx_sys(__NR_openat, -100 /* AT_FDCWD */, path, flags, 0);
}

static inline long sbx_sys_close(int fd)
{
	return sbx_sys(__NR_close, fd, 0, 0, 0);
}

static inline long sbx_sys_read(int fd, void *buf, size_t size)
{
	return sbx_sys(__NR_read, fd, buf, size, 0);
}

static inline long sbx_sys_write(int fd, const void *buf, size_t size)
{
	return sbx_sys(__NR_write, fd, buf, size, 0);
}

_Noreturn static inline void sbx_sys_exit(int status)
{
	for (;;)
		sbx_sys(__NR_exit_group, status, 0, 0, 0);
}

static inline size_t sbx_strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

#endif
