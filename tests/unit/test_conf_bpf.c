/* SPDX-License-Identifier: MIT */
/*
 * test_conf_bpf.c -- the filters, run by a small interpreter: what a call gets, number and arguments given.
 *
 * The compiled policies of the built-in profiles are what is run, so that the groups are tested with them.
 */
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conf/seccomp/syscall_groups.h"
#include "tests/unit/test_conf_bpf.h"

/* All programs of a profile, each under the same expectations. */
static void each(const char *profile, void (*test)(struct program))
{
	struct filters f = filters_of(profile, 7, NULL);

	test(f.floor);
	test(f.latch);
	release(f.compiled);
}

static void foreign(struct program program)
{
	struct seccomp_data data = { .nr = 0, .arch = FOREIGN };

	for (int nr = 0; nr < 600; nr++) {
		data.nr = nr;
		assert_int_equal(run(program, &data), KILL);
	}
#ifdef __x86_64__
	assert_int_equal(call(program, 0x40000000, 0, 0, 0, 0), KILL);
	assert_int_equal(call(program, 0x40000000 | SYS_read, 0, 0, 0, 0), KILL);
	assert_int_equal(call(program, 0x7fffffff, 0, 0, 0, 0), KILL);
#endif
}

static void foreign_arch_and_x32_are_killed(void **state)
{
	struct filters f = filters_of("default", 7, NULL);

	(void)state;
	each("default", foreign);
	each("pdftotext", foreign);
	foreign(f.reaper);
	release(f.compiled);
}

static void unknown(struct program program)
{
	/* Up to listns, 470, numbers have names; between the old numbers and 424 nothing has. */
	static const int unnamed[] = { 400, 423, 471, 600, 1023, 1024, 100000, 0x3fffffff, -1 };

	for (size_t i = 0; i < sizeof(unnamed) / sizeof(unnamed[0]); i++)
		assert_int_equal(call(program, unnamed[i], 0, 0, 0, 0), ERR(ENOSYS));
	for (int nr = 0; nr < 1100; nr++)
		if (!sbx_syscall_known(nr))
			assert_int_equal(call(program, nr, 0, 0, 0, 0), ERR(ENOSYS));
	for (int nr = 424; nr <= 470; nr++)
		if (nr != sbx_syscall_number("clone3") && nr != sbx_syscall_number("openat2"))
			assert_int_not_equal(call(program, nr, 0, 0, 0, 0), ERR(ENOSYS));
	assert_int_equal(call(program, sbx_syscall_number("clone3"), 0, 0, 0, 0), ERR(ENOSYS));
	assert_int_equal(call(program, sbx_syscall_number("openat2"), 0, 0, 0, 0), ERR(ENOSYS));
}

static void unknown_numbers_get_enosys(void **state)
{
	(void)state;
	each("default", unknown);
	each("pdftotext", unknown);
}

static void hard(struct program program)
{
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++) {
		static const char *const names[] = {
			"mount",          "umount2",           "ptrace",      "keyctl",
			"add_key",        "unshare",           "setns",       "bpf",
			"io_uring_setup", "perf_event_open",   "userfaultfd", "open_tree",
			"pivot_root",     "process_vm_writev", "pidfd_getfd", "memfd_secret",
			"listns",         "open_tree_attr"
		};

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (nr == sbx_syscall_number(names[i]))
				assert_int_equal(call(program, nr, 0, 0, 0, 0), ERR(EPERM));
	}
}

static void hard_denied_calls_get_eperm(void **state)
{
	static const char *const all[] = { "seccomp.allow=[\"@known\"]", "seccomp.deny=[]", NULL };
	struct filters f = filters_of("default", 7, all);

	(void)state;
	each("default", hard);
	each("pdftotext", hard);
	hard(f.latch);
	assert_int_equal(call(f.latch, sbx_syscall_number("mincore"), 0, 0, 0, 0), ALLOW);
	release(f.compiled);
}

static void terminal(struct program program)
{
	static const uint64_t injections[] = { 0x5412, 0x541c, 0x5423, 0x100005412, 0xffffffff00005412, 0x10000541c };

	for (size_t i = 0; i < sizeof(injections) / sizeof(injections[0]); i++)
		assert_int_equal(call(program, SYS_ioctl, 0, injections[i], 0, 0), ERR(EPERM));
	assert_int_equal(call(program, SYS_ioctl, 0, 0x5401, 0, 0), ALLOW);
	assert_int_equal(call(program, SYS_ioctl, 0, 0x5413, 0, 0), ALLOW);
}

static void terminal_injection_is_denied(void **state)
{
	(void)state;
	each("default", terminal);
	each("pdftotext", terminal);
}

static void no_setuid_files(void **state)
{
	struct filters f = filters_of("default", 7, NULL);

	(void)state;
	for (uint64_t mode = 0; mode < 010000; mode += 0100) {
		/* setgid looks like a directory's, so it is only root who can't */
		const uint32_t expected = mode & (getuid() ? 04000 : 06000) ? ERR(EPERM) : ALLOW;

		assert_int_equal(call(f.floor, SYS_fchmod, 3, mode, 0, 0), expected);
		assert_int_equal(call(f.floor, SYS_fchmodat, 3, 0, mode, 0), expected);
		assert_int_equal(call(f.floor, 452 /* fchmodat2 */, 3, 0, mode, 0), expected);
		assert_int_equal(call(f.floor, SYS_openat, 3, 0, O_CREAT | O_WRONLY, mode), expected);
		assert_int_equal(call(f.floor, SYS_openat, 3, 0, O_TMPFILE | O_WRONLY, mode), expected);
		assert_int_equal(call(f.floor, SYS_openat, 3, 0, O_RDONLY | O_DIRECTORY, mode), ALLOW);
	}
	release(f.compiled);
}

static void what_reaches_others_is_denied(void **state)
{
	struct filters f = filters_of("default", 7, NULL);

	(void)state;
	assert_int_equal(call(f.floor, SYS_fcntl, 0, F_SETLEASE, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.floor, SYS_fcntl, 0, F_NOTIFY, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.floor, SYS_fcntl, 0, F_SETFD, 0, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_setpriority, PRIO_PROCESS, 7, 5, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_setpriority, PRIO_PGRP, 0, 5, 0), ERR(EPERM));
	assert_int_equal(call(f.floor, SYS_setpriority, PRIO_USER, 0, 5, 0), ERR(EPERM));
	release(f.compiled);
}

static void sockets_by_family_and_protocol(void **state)
{
	static const char *const set[] = { "unix_sockets=true", NULL };
	struct filters f = filters_of("default", 7, NULL), with_unix = filters_of("default", 7, set),
		       abi9 = filters_of("default", 9, NULL);
	struct filters parser = filters_of("pdftotext", 7, NULL);

	(void)state;
	for (uint64_t domain = 0; domain < 64; domain++)
		for (uint64_t protocol = 0; protocol < 300; protocol++) {
			bool inet = domain == AF_INET || domain == AF_INET6;
			bool good = inet && (protocol == 0 || protocol == 6);
			uint32_t got = call(f.latch, SYS_socket, domain, SOCK_STREAM, protocol, 0);

			assert_int_equal(got == ALLOW, good);
			assert_int_equal(call(f.latch, SYS_socket, domain, SOCK_DGRAM | SOCK_CLOEXEC, protocol, 0) ==
						 ALLOW,
					 inet && (protocol == 0 || protocol == 17));
			assert_int_not_equal(call(f.latch, SYS_socket, domain, SOCK_SEQPACKET, protocol, 0),
					     ALLOW); /* SCTP */
			assert_int_not_equal(call(f.latch, SYS_socket, domain, SOCK_RAW, protocol, 0), ALLOW);
			if (domain > AF_INET6)
				assert_true(got == ERR(EAFNOSUPPORT) || (protocol > 17 && got == ERR(EPROTONOSUPPORT)));
			assert_int_not_equal(call(parser.latch, SYS_socket, domain, SOCK_STREAM, protocol, 0), ALLOW);
			assert_int_not_equal(call(parser.floor, SYS_socket, domain, SOCK_STREAM, protocol, 0), ALLOW);
		}
	assert_int_equal(call(f.latch, SYS_socket, AF_INET, SOCK_STREAM, 262, 0), ERR(EPROTONOSUPPORT)); /* MPTCP */
	assert_int_equal(call(f.latch, SYS_socket, AF_UNIX, SOCK_STREAM, 0, 0), ERR(EPERM));
	assert_int_equal(call(with_unix.latch, SYS_socket, AF_UNIX, SOCK_STREAM, 0, 0), ALLOW);
	assert_int_equal(call(abi9.latch, SYS_socket, AF_UNIX, SOCK_STREAM, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, 0),
			 ERR(EPERM)); /* would reach any socket's name */
	assert_int_equal(call(with_unix.latch, SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_socketpair, AF_INET, SOCK_STREAM, 0, 0), ERR(EPERM));
	release(f.compiled);
	release(with_unix.compiled);
	release(abi9.compiled);
	release(parser.compiled);
}

/* Their machine code counts for no limit. */
static void no_filters_on_sockets(void **state)
{
	static const uint64_t denied[] = { SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF,
					   SO_ATTACH_REUSEPORT_EBPF };
	static const uint64_t allowed[] = { SO_DETACH_FILTER, SO_LOCK_FILTER, SO_REUSEPORT, SO_RCVBUF, SO_LINGER };
	struct filters f = filters_of("default", 7, NULL);
	const struct program *const both[] = { &f.floor, &f.latch };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < sizeof(denied) / sizeof(denied[0]); j++) {
			assert_int_equal(call(*both[i], SYS_setsockopt, 3, SOL_SOCKET, denied[j], 0), ERR(ENOPROTOOPT));
			assert_int_equal(call(*both[i], SYS_setsockopt, 3, (1ull << 32) | SOL_SOCKET,
					      (1ull << 32) | denied[j], 0),
					 ERR(ENOPROTOOPT));
			assert_int_equal(call(*both[i], SYS_setsockopt, 3, IPPROTO_IP, denied[j], 0), ALLOW);
		}
		for (size_t j = 0; j < sizeof(allowed) / sizeof(allowed[0]); j++)
			assert_int_equal(call(*both[i], SYS_setsockopt, 3, SOL_SOCKET, allowed[j], 0), ALLOW);
	}
	release(f.compiled);
}

/* What a socket holds of groups counts for no limit either; without a network there are none. */
static void no_groups_without_a_network(void **state)
{
	static const char *const set[] = { "net=loopback", NULL };
	static const uint64_t joins[] = { IPV6_JOIN_GROUP, MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP };
	struct filters f = filters_of("default", 7, NULL), net = filters_of("default", 7, set);

	(void)state;
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		assert_int_equal(call(f.floor, SYS_setsockopt, 3, IPPROTO_IPV6, joins[i], 0), ERR(ENODEV));
		assert_int_equal(call(net.floor, SYS_setsockopt, 3, IPPROTO_IPV6, joins[i], 0), ALLOW);
		assert_int_equal(call(f.floor, SYS_setsockopt, 3, IPPROTO_IP, joins[i], 0), ALLOW); /* few */
	}
	assert_int_equal(call(f.floor, SYS_setsockopt, 3, IPPROTO_IPV6, IPV6_V6ONLY, 0), ALLOW);
	release(f.compiled);
	release(net.compiled);
}

static void clone_flags(void **state)
{
	static const uint64_t news[] = { CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
					 CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET };
	const uint64_t thread =
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS;
	struct filters f = filters_of("default", 7, NULL), parser = filters_of("pdftotext", 7, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(news) / sizeof(news[0]); i++) {
		assert_int_equal(call(f.latch, SYS_clone, news[i] | 17, 0, 0, 0), ERR(EPERM));
		assert_int_equal(call(f.floor, SYS_clone, news[i] | thread, 0, 0, 0), ERR(EPERM));
		assert_int_equal(call(parser.floor, SYS_clone, news[i] | thread, 0, 0, 0), ERR(EPERM));
	}
	assert_int_equal(call(f.latch, SYS_clone, 17, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_clone, thread, 0, 0, 0), ALLOW);
	assert_int_equal(call(parser.latch, SYS_clone, thread, 0, 0, 0), ALLOW);
	assert_int_equal(call(parser.latch, SYS_clone, 17, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(parser.latch, SYS_clone, CLONE_VM | CLONE_VFORK | 17, 0, 0, 0), ERR(EPERM));
#ifdef SYS_fork
	assert_int_equal(call(parser.latch, SYS_fork, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(parser.latch, SYS_vfork, 0, 0, 0, 0), ERR(EPERM));
#endif
	release(f.compiled);
	release(parser.compiled);
}

static void parser_latch_has_no_code_of_its_own(void **state)
{
	struct filters f = filters_of("pdftotext", 7, NULL);

	(void)state;
	assert_int_equal(call(f.latch, SYS_execve, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_execveat, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_memfd_create, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_mprotect, 0, 4096, PROT_EXEC, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_mprotect, 0, 4096, (1ull << 32) | PROT_EXEC, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_mprotect, 0, 4096, PROT_READ, 0), ALLOW);
	/* what the floor needs for exec and the linker is there, and only there */
	assert_int_equal(call(f.floor, SYS_execve, 0, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_seccomp, 0, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.floor, 446, 0, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_connect, 0, 0, 0, 0), ERR(EPERM));
	release(f.compiled);
}

static void reaper_can_only_wait_signal_and_end(void **state)
{
	static const int allowed[] = { SYS_wait4,         SYS_waitid,          SYS_kill, SYS_write,
				       SYS_sendto,        SYS_exit_group,      SYS_exit, SYS_rt_sigreturn,
				       SYS_rt_sigsuspend, SYS_restart_syscall, SYS_close };
	struct filters f = filters_of("default", 7, NULL);

	(void)state;
	for (int nr = 0; nr < 500; nr++) {
		bool listed = false;

		for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
			listed |= allowed[i] == nr;
		assert_int_equal(call(f.reaper, nr, 0, 0, 0, 0) == ALLOW, listed);
	}
	release(f.compiled);
}

/* Whatever the latch allows the floor allows too, or the latch would be a promise the floor breaks. */
static void floor_holds_the_latch(void **state)
{
	static const char *const profiles[] = { "default", "pdftotext", "unzip", "npm" };

	(void)state;
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		struct filters f = filters_of(profiles[i], 7, NULL);

		for (int nr = 0; nr < 500; nr++)
			if (call(f.latch, nr, 0, 0, 0, 0) == ALLOW)
				assert_int_equal(call(f.floor, nr, 0, 0, 0, 0), ALLOW);
		release(f.compiled);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_arch_and_x32_are_killed),
		cmocka_unit_test(unknown_numbers_get_enosys),
		cmocka_unit_test(hard_denied_calls_get_eperm),
		cmocka_unit_test(terminal_injection_is_denied),
		cmocka_unit_test(sockets_by_family_and_protocol),
		cmocka_unit_test(no_setuid_files),
		cmocka_unit_test(what_reaches_others_is_denied),
		cmocka_unit_test(no_filters_on_sockets),
		cmocka_unit_test(no_groups_without_a_network),
		cmocka_unit_test(clone_flags),
		cmocka_unit_test(parser_latch_has_no_code_of_its_own),
		cmocka_unit_test(reaper_can_only_wait_signal_and_end),
		cmocka_unit_test(floor_holds_the_latch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
