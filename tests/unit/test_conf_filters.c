/* SPDX-License-Identifier: MIT */
/*
 * test_conf_filters.c -- how the keys of a policy change its filters.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "conf/seccomp/syscall_groups.h"
#include "tests/unit/test_conf_bpf.h"

static void shm_exec_needs_map_exec(void **state)
{
	static const char *const off[] = { "map_exec=false", NULL };
	struct filters f = filters_of("default", 7, NULL), no_exec = filters_of("default", 7, off);

	(void)state;
	assert_int_equal(call(f.latch, SYS_shmat, 0, 0, 0100000, 0), ALLOW);
	assert_int_equal(call(no_exec.latch, SYS_shmat, 0, 0, 0100000, 0), ERR(EPERM));
	assert_int_equal(call(no_exec.latch, SYS_shmat, 0, 0, 0, 0), ALLOW);
	release(f.compiled);
	release(no_exec.compiled);
}

/* They count for no limit. */
static void huge_pages_need_their_key(void **state)
{
	static const char *const on[] = { "huge_pages=true", NULL };
	static const char *const profiles[] = { "default", "pdftotext" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct filters f = filters_of(profiles[i], 7, NULL), huge = filters_of(profiles[i], 7, on);
		const uint64_t flags = MAP_PRIVATE | MAP_ANONYMOUS, pages = MAP_HUGETLB | 21u << 26;

		assert_int_equal(call(f.floor, SYS_mmap, 0, 4096, PROT_READ, flags), ALLOW);
		assert_int_equal(call(f.latch, SYS_mmap, 0, 4096, PROT_READ, flags), ALLOW);
		assert_int_equal(call(f.floor, SYS_mmap, 0, 4096, PROT_READ, flags | pages), ERR(ENOMEM));
		assert_int_equal(call(f.latch, SYS_mmap, 0, 4096, PROT_READ, flags | pages), ERR(ENOMEM));
		assert_int_equal(call(huge.latch, SYS_mmap, 0, 4096, PROT_READ, flags | pages), ALLOW);
		assert_int_equal(call(f.floor, SYS_memfd_create, 0, MFD_HUGETLB | MFD_CLOEXEC, 0, 0), ERR(ENOMEM));
		assert_int_equal(call(f.floor, SYS_shmget, 0, 4096, SHM_HUGETLB | 0600, 0), ERR(ENOMEM));
		release(f.compiled);
		release(huge.compiled);
	}
}

static void huge_pages_of_files_and_segments(void **state)
{
	static const char *const on[] = { "huge_pages=true", NULL };
	struct filters f = filters_of("default", 7, NULL), huge = filters_of("default", 7, on);

	(void)state;
	assert_int_equal(call(f.latch, SYS_memfd_create, 0, MFD_CLOEXEC, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_shmget, 0, 4096, 0600, 0), ALLOW);
	assert_int_equal(call(huge.latch, SYS_memfd_create, 0, MFD_HUGETLB, 0, 0), ALLOW);
	assert_int_equal(call(huge.latch, SYS_shmget, 0, 4096, SHM_HUGETLB | 0600, 0), ALLOW);
	release(f.compiled);
	release(huge.compiled);
}

static void personality_and_fastopen(void **state)
{
	static const char *const host[] = { "net=host", NULL };
	struct filters f = filters_of("default", 7, NULL), net = filters_of("default", 7, host);

	(void)state;
	assert_int_equal(call(f.latch, SYS_personality, 0, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_personality, 0xffffffff, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_personality, UINT64_MAX, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_personality, 0x400000, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_sendto, 0, 0, 0, 0x4000), ALLOW);
	assert_int_equal(call(f.latch, SYS_sendto, 0, 0, 0, 0x20004000), ERR(EOPNOTSUPP));
	assert_int_equal(call(f.latch, SYS_sendmsg, 0, 0, 0x20000000, 0), ERR(EOPNOTSUPP));
	assert_int_equal(call(f.latch, SYS_sendmmsg, 0, 0, 0, 0x20000000), ERR(EOPNOTSUPP));
	assert_int_equal(call(net.latch, SYS_sendto, 0, 0, 0, 0x20004000), ALLOW);
	release(f.compiled);
	release(net.compiled);
}

static void lists_of_ports(void **state)
{
	static const char *const host[] = { "net=host", NULL }, *const connect[] = { "net=host", "net.connect=[443]",
										     NULL };
	static const char *const bind[] = { "net=host", "net.bind=[]", NULL }, *const some[] = { "net=host",
												 "net.bind=[80]",
												 NULL };
	const struct filters f[] = { filters_of("default", 7, host), filters_of("default", 7, connect),
				     filters_of("default", 7, bind), filters_of("default", 7, some),
				     filters_of("default", 10, connect) };

	(void)state;
	for (size_t i = 0; i < sizeof(f) / sizeof(f[0]); i++) {
		const struct program both[] = { f[i].floor, f[i].latch };

		for (size_t n = 0; n < 2; n++) {
			assert_int_equal(call(both[n], SYS_socket, AF_INET6, SOCK_STREAM, 6, 0), ALLOW);
			assert_int_equal(call(both[n], SYS_socket, AF_INET, SOCK_DGRAM, 0, 0) == ALLOW,
					 i == 0 || i == 4);
			assert_int_equal(call(both[n], SYS_socket, AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 17, 0) ==
						 ALLOW,
					 i == 0 || i == 4);
			assert_int_equal(call(both[n], SYS_sendto, 0, 0, 0, 0x20004000), i ? ERR(EOPNOTSUPP) : ALLOW);
			assert_int_equal(call(both[n], SYS_sendto, 0, 0, 0, 0x4000), ALLOW);
			assert_int_equal(call(both[n], SYS_setsockopt, 3, 6, 31 /* TCP_ULP */, 0),
					 i ? ERR(ENOENT) : ALLOW);
			assert_int_equal(call(both[n], SYS_setsockopt, 3, 1, 31, 0), ALLOW);
			assert_int_equal(call(both[n], SYS_setsockopt, 3, 6, 1, 0), ALLOW);
			assert_int_equal(call(both[n], SYS_listen, 3, 1, 0, 0), i == 2 ? ERR(EPERM) : ALLOW);
			assert_int_equal(call(both[n], SYS_bind, 3, 0, 0, 0), ALLOW);
		}
		release(f[i].compiled);
	}
}

static void pid_1_keeps_its_parents_death(void **state)
{
	static const char *const set[] = { "as_pid_1=true", NULL };
	struct filters f = filters_of("default", 7, NULL), pid_1 = filters_of("default", 7, set);

	(void)state;
	assert_int_equal(call(f.latch, SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0), ALLOW);
	assert_int_equal(call(pid_1.latch, SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(pid_1.latch, SYS_prctl, (1ull << 32) | PR_SET_PDEATHSIG, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(pid_1.latch, SYS_prctl, PR_SET_NAME, 0, 0, 0), ALLOW);
	release(f.compiled);
	release(pid_1.compiled);
}

static void in_place_has_no_chmod_nor_foreign_processes(void **state)
{
	static const char *const set[] = { "namespaces=[]", NULL };
	struct filters f = filters_of("default", 7, set), old = filters_of("default", 5, set),
		       rooted = filters_of("default", 7, NULL);

	(void)state;
	assert_int_equal(call(rooted.latch, SYS_fchmodat, 0, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_fchmodat, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, sbx_syscall_number("fchmodat2"), 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, sbx_syscall_number("file_setattr"), 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_utimensat, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_ioctl, 0, 0x40086602, 0, 0), ERR(EPERM)); /* FS_IOC_SETFLAGS */
	assert_int_equal(call(rooted.latch, SYS_ioctl, 0, 0x40086602, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_socket, AF_INET, SOCK_STREAM, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_shmget, 0, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_prlimit64, 0, 0, 0, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_prlimit64, 1234, 0, 0, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_kill, 1234, 9, 0, 0), ALLOW); /* Landlock scopes it */
	assert_int_equal(call(old.latch, SYS_kill, 1234, 9, 0, 0), ERR(EPERM));
	assert_int_equal(call(old.floor, SYS_tgkill, 1234, 1234, 9, 0), ERR(EPERM));
	assert_int_equal(call(f.latch, SYS_fcntl, 0, F_SETOWN, 1234, 0), ALLOW);
	assert_int_equal(call(old.floor, SYS_fcntl, 0, F_SETOWN, 1234, 0), ERR(EPERM));
	assert_int_equal(call(old.latch, SYS_fcntl, 0, 15 /* F_SETOWN_EX */, 0, 0), ERR(EPERM));
	release(f.compiled);
	release(old.compiled);
	release(rooted.compiled);
}

static void pid_1_shares_its_group_and_signals_none(void **state)
{
	static const char *const set[] = { "as_pid_1=true", NULL };
	struct filters f = filters_of("default", 7, set), old = filters_of("default", 2, set),
		       other = filters_of("default", 2, NULL);
	const int send = (int)sbx_syscall_number("pidfd_send_signal");

	(void)state;
	assert_int_equal(call(old.floor, SYS_kill, 0, 9, 0, 0), ERR(EPERM));
	assert_int_equal(call(old.floor, send, 3, 9, 0, 4), ERR(EPERM));
	assert_int_equal(call(old.floor, send, 3, 9, 0, 0), ALLOW);
	assert_int_equal(call(old.floor, SYS_kill, (uint64_t)-5, 9, 0, 0), ALLOW);
	assert_int_equal(call(old.floor, SYS_kill, 5, 9, 0, 0), ALLOW);
	assert_int_equal(call(f.floor, SYS_kill, 0, 9, 0, 0), ALLOW);     /* Landlock scopes it */
	assert_int_equal(call(other.floor, SYS_kill, 0, 9, 0, 0), ALLOW); /* a group of its own */
	release(f.compiled);
	release(old.compiled);
	release(other.compiled);
}

static void expect_requests(const struct filters *f, const uint64_t *requests, size_t count, uint32_t result)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(call(f->floor, SYS_ioctl, 0, requests[i], 0, 0), result);
		assert_int_equal(call(f->latch, SYS_ioctl, 0, requests[i], 0, 0), result);
		assert_int_equal(call(f->latch, SYS_ioctl, 0, requests[i] | 1ull << 32, 0, 0), result);
	}
}
#define REQUESTS(f, list, result) expect_requests(&(f), list, sizeof(list) / sizeof((list)[0]), result)

static void requests_of_ioctl(void **state)
{
	static const uint64_t ordinary[] = { 0x5401 /* TCGETS */,      0x5413 /* TIOCGWINSZ */,
					     0x541b /* FIONREAD */,    0x5421 /* FIONBIO */,
					     0x40049409 /* FICLONE */, 0x80086601 /* FS_IOC_GETFLAGS */ };
	/* btrfs: SNAP_CREATE, its V2, SUBVOL_CREATE, SNAP_DESTROY; fscrypt: SET_POLICY, ADD_KEY, REMOVE_KEY; ext4:
	 * SETVERSION; verity; TIOCEXCL, TIOCCONS, TIOCSWINSZ's like, and what is behind no name */
	static const uint64_t harmful[] = { 0x50009401, 0x50009417, 0x5000940e, 0x5000940f, 0x800c6613, 0xc0506617,
					    0xc0406618, 0x40086604, 0x40806685, 0x540c,     0x541d,     0x12345678 };
	static const uint64_t device[] = { 0xae00 /* KVM_GET_API_VERSION */, 0xc0206400 /* DRM_IOCTL_VERSION */,
					   0x400454ca /* TUNSETIFF */ };
	static const uint64_t sockets[] = { 0x8910 /* SIOCGIFNAME */ }, pty[] = { 0x5414 /* TIOCSWINSZ */ };
	static const char *const kvm[] = { "dev=[\"...\", \"/dev/kvm\"]", NULL },
				 *const none[] = { "seccomp.ioctl=[]", NULL },
				 *const own[] = { "seccomp.ioctl=[\"...\", \"0x12345678\"]", NULL };
	const struct filters f = filters_of("default", 7, NULL), parser = filters_of("pdftotext", 7, NULL),
			     devices = filters_of("default", 7, kvm), nothing = filters_of("default", 7, none),
			     more = filters_of("default", 7, own);

	(void)state;
	REQUESTS(f, ordinary, ALLOW);
	REQUESTS(f, harmful, ERR(ENOTTY));
	REQUESTS(f, device, ERR(ENOTTY));
	REQUESTS(f, sockets, ALLOW);
	REQUESTS(f, pty, ALLOW);
	REQUESTS(parser, ordinary, ALLOW);
	REQUESTS(parser, harmful, ERR(ENOTTY));
	REQUESTS(parser, sockets, ERR(ENOTTY));
	REQUESTS(devices, ordinary, ALLOW);
	REQUESTS(devices, device, ALLOW);
	for (size_t i = 0; i + 1 < sizeof(harmful) / sizeof(harmful[0]); i++) /* but for the one without a name */
		expect_requests(&devices, &harmful[i], 1, ERR(ENOTTY));
	assert_int_equal(call(nothing.latch, SYS_ioctl, 0, 0x5401, 0, 0), ERR(ENOTTY));
	assert_int_equal(call(nothing.latch, SYS_ioctl, 0, 0x5412, 0, 0), ERR(EPERM));
	assert_int_equal(call(more.latch, SYS_ioctl, 0, 0x12345678, 0, 0), ALLOW);
	/* a terminal may be started again, and not stopped */
	assert_int_equal(call(f.latch, SYS_ioctl, 0, 0x540a, 1, 0), ALLOW);
	assert_int_equal(call(f.latch, SYS_ioctl, 0, 0x540a, 0, 0), ERR(EPERM));
	release(f.compiled);
	release(parser.compiled);
	release(devices.compiled);
	release(nothing.compiled);
	release(more.compiled);
}

static void denying_a_call_denies_its_newer_twin(void **state)
{
	static const char *const set[] = { "seccomp.deny=[\"fchmodat\", \"setxattr\", \"removexattr\"]", NULL };
	static const char *const twins[] = { "fchmodat2", "setxattrat", "file_setattr", "removexattrat" };
	struct filters f = filters_of("default", 7, set), free_ = filters_of("default", 7, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		assert_int_equal(call(f.latch, sbx_syscall_number(twins[i]), 0, 0, 0, 0), ERR(EPERM));
		assert_int_equal(call(free_.latch, sbx_syscall_number(twins[i]), 0, 0, 0, 0), ALLOW);
	}
	release(f.compiled);
	release(free_.compiled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shm_exec_needs_map_exec),
		cmocka_unit_test(huge_pages_need_their_key),
		cmocka_unit_test(huge_pages_of_files_and_segments),
		cmocka_unit_test(personality_and_fastopen),
		cmocka_unit_test(lists_of_ports),
		cmocka_unit_test(pid_1_keeps_its_parents_death),
		cmocka_unit_test(in_place_has_no_chmod_nor_foreign_processes),
		cmocka_unit_test(pid_1_shares_its_group_and_signals_none),
		cmocka_unit_test(requests_of_ioctl),
		cmocka_unit_test(denying_a_call_denies_its_newer_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
