/* SPDX-License-Identifier: MIT */
/*
 * relay_fence.c -- capabilities(7), landlock(7), seccomp(2), for a process that has all its descriptors already.
 *
 * A list of what is allowed; everything else fails. Landlock and the filter say twice that there are no files.
 */
#include "loader/net/relay_fence.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include "loader/net/relay_protocol.h"
#include "shim/sys.h"

#define MEMORY_MAX (256ull << 20)
#define FILES_MAX (64 + 2 * SBX_RELAY_CONNECTIONS_MAX)
#define LANDLOCK_FIRST ((1u << 13) - 1) /* what ABI 1 knows */

static const int allowed[] = {
	SYS_read,          SYS_write,     SYS_readv,   SYS_writev,      SYS_recvfrom,     SYS_sendto,
	SYS_recvmsg,       SYS_sendmsg,   SYS_accept4, SYS_getsockname, SYS_shutdown,     SYS_close,
	SYS_epoll_ctl,     SYS_brk,       SYS_munmap,  SYS_mremap,      SYS_madvise,      SYS_futex,
	SYS_clock_gettime, SYS_getrandom, SYS_exit,    SYS_exit_group,  SYS_rt_sigreturn, SYS_restart_syscall,
	SYS_epoll_pwait,   SYS_getpid,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
};

#define COUNT (sizeof(allowed) / sizeof(allowed[0]))
#define ARG(n) ((unsigned int)offsetof(struct seccomp_data, args) + 8 * (n)) /* its low half: little-endian */
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define HAS(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), (yes), (no))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))

static int install_filter(void)
{
	/* mmap(2) without PROT_EXEC, and setsockopt(2) for SO_LINGER: how a connection is reset. */
	const struct sock_filter rest[] = {
		IS(SYS_mmap, 0, 3),        LOAD(ARG(2)),
		HAS(PROT_EXEC, 6, 0),      RETURN(SECCOMP_RET_ALLOW),
		IS(SYS_setsockopt, 0, 4),  LOAD(ARG(1)),
		IS(SOL_SOCKET, 0, 2),      LOAD(ARG(2)),
		IS(SO_LINGER, 1, 0),       RETURN(SECCOMP_RET_ERRNO | EPERM),
		RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_filter code[4 + 2 * COUNT + sizeof(rest) / sizeof(rest[0])] = {
		LOAD(offsetof(struct seccomp_data, arch)),
		IS(SBX_AUDIT_ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(offsetof(struct seccomp_data, nr)),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	size_t at = 4;

	for (size_t i = 0; i < COUNT; i++) {
		code[at++] = (struct sock_filter)IS((unsigned int)allowed[i], 0, 1);
		code[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	}
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		code[at++] = rest[i];
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* No path at all. What kernels without Landlock lack here the filter holds. */
static int forget_files(void)
{
	const struct landlock_ruleset_attr attr = { .handled_access_fs = LANDLOCK_FIRST };
	const long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	long ret;

	if (fd < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
	ret = syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
	return (int)ret;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	return (int)syscall(SYS_capset, &header, none);
}

/* No more than the caller has. */
static rlim_t files_max(void)
{
	struct rlimit files;

	return getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
}

int sbx_relay_fence(void)
{
	const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX }, no_core = { 0, 0 };
	const struct rlimit files = { files_max(), files_max() };

	if (setrlimit(RLIMIT_DATA, &memory) < 0 || setrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    setrlimit(RLIMIT_CORE, &no_core) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 || drop_capabilities() < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || forget_files() < 0)
		return -1;
	return install_filter();
}
