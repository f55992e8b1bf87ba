/* SPDX-License-Identifier: MIT */
/*
 * test_inherited.c -- the filter for inherited descriptors: what it denies, what it asks about, and that all of it
 * fits.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "loader/seccomp/bpf_run.h"
#include "loader/seccomp/inherited_filter.h"

#define ARCH 0xc000003eu
#define ERR(e) (SECCOMP_RET_ERRNO | (e))
#define ALL ~0u

static uint32_t call(unsigned int kinds, unsigned int part, int nr, uint64_t a1, uint64_t a2)
{
	const struct sbx_inherited inherited = { .kinds = kinds, .appended = (1ull << 32) + 5 };
	const struct seccomp_data data = { .nr = nr, .arch = ARCH, .args = { 1, a1, a2 } };
	struct sock_filter insns[SBX_INHERITED_FILTER_MAX];
	const size_t count = sbx_inherited_filter(&inherited, part, ARCH, insns);

	return count ? sbx_bpf_run(insns, count, &data) : SECCOMP_RET_ALLOW;
}

static void all_of_it_fits(void **state)
{
	const struct sbx_inherited inherited = { .kinds = ALL };
	struct sock_filter insns[4 * SBX_INHERITED_FILTER_MAX];

	(void)state;
	assert_in_range(sbx_inherited_filter(&inherited, ALL, ARCH, insns), 1, SBX_INHERITED_FILTER_MAX);
	assert_int_equal(sbx_inherited_filter(&(struct sbx_inherited){ 0 }, ALL, ARCH, insns), 0);
}

static void flags_keep_append(void **state)
{
	const unsigned int fixed = SBX_INHERITED_APPEND | SBX_INHERITED_FIXED,
			   asked = SBX_INHERITED_APPEND | SBX_INHERITED_ASKED;

	(void)state;
	assert_int_equal(call(fixed, ALL, SYS_fcntl, F_SETFL, O_NONBLOCK), ERR(EPERM));
	assert_int_equal(call(fixed, ALL, SYS_fcntl, F_SETFL | 1ull << 32, O_NONBLOCK), ERR(EPERM));
	assert_int_equal(call(fixed, ALL, SYS_fcntl, F_SETFL, (uint64_t)O_APPEND << 32), ERR(EPERM));
	assert_int_equal(call(fixed, ALL, SYS_fcntl, F_SETFL, O_APPEND | O_NONBLOCK), SECCOMP_RET_ALLOW);
	assert_int_equal(call(fixed, ALL, SYS_fcntl, F_GETFL, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(asked, SBX_INHERITED_ASKED, SYS_fcntl, F_SETFL, 0), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(call(asked, SBX_INHERITED_ASKED, SYS_fcntl, F_SETFL, O_APPEND), SECCOMP_RET_ALLOW);
	assert_int_equal(call(asked, ~(unsigned int)SBX_INHERITED_ASKED, SYS_fcntl, F_SETFL, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(asked, ~(unsigned int)SBX_INHERITED_ASKED, SYS_io_submit, 0, 0), ERR(ENOSYS));
}

static void what_is_there_is_not_cut(void **state)
{
	const unsigned int fixed = SBX_INHERITED_FIXED;

	(void)state;
	assert_int_equal(call(fixed, ALL, SYS_ftruncate, 0, 0), ERR(EPERM));
	assert_int_equal(call(fixed, ALL, SYS_ftruncate, 5, 0), ERR(EPERM));
	assert_int_equal(call(fixed, ALL, SYS_ftruncate, (1ull << 32) + 4, 0), ERR(EPERM));
	assert_int_equal(call(fixed, ALL, SYS_ftruncate, (1ull << 32) + 5, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(fixed, ALL, SYS_ftruncate, 2ull << 32, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(call(SBX_INHERITED_ASKED, ALL, SYS_ftruncate, 5, 0), SECCOMP_RET_USER_NOTIF);
}

static void opening_cuts_nothing(void **state)
{
	const unsigned int kinds = SBX_INHERITED_CUTTABLE;

	(void)state;
	assert_int_equal(call(kinds, ALL, SYS_openat, 0, O_TRUNC), ERR(EACCES));
	assert_int_equal(call(kinds, ALL, SYS_openat, 0, O_TRUNC | 3), ERR(EACCES));
	assert_int_equal(call(kinds, ALL, SYS_openat, 0, 3), SECCOMP_RET_ALLOW);
	assert_int_equal(call(kinds, ALL, SYS_openat, 0, O_TRUNC | O_WRONLY | O_CREAT), SECCOMP_RET_ALLOW);
	assert_int_equal(call(kinds, ALL, SYS_openat, 0, O_TRUNC | O_RDWR), SECCOMP_RET_ALLOW);
	assert_int_equal(call(kinds, ALL, SYS_openat, 0, O_CREAT), SECCOMP_RET_ALLOW);
	assert_int_equal(call(kinds, ALL, SYS_truncate, 1ull << 40, 0), ERR(EACCES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_fits),
		cmocka_unit_test(flags_keep_append),
		cmocka_unit_test(what_is_there_is_not_cut),
		cmocka_unit_test(opening_cuts_nothing),
	};

	return cmocka_run_group_tests_name("inherited", tests, NULL, NULL);
}
