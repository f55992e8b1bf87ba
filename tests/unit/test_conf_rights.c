/* SPDX-License-Identifier: MIT */
/*
 * test_conf_rights.c -- the handled sets of every Landlock ABI, as the kernel's documentation has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf/compile/landlock_rights.h"

static const struct {
	uint64_t fs, net, scoped;
} abis[SBX_LANDLOCK_ABI_MAX + 1] = {
	[0] = { 0, 0, 0 },      [1] = { 0x1fff, 0, 0 },  [2] = { 0x3fff, 0, 0 },    [3] = { 0x7fff, 0, 0 },
	[4] = { 0x7fff, 3, 0 }, [5] = { 0xffff, 3, 0 },  [6] = { 0xffff, 3, 3 },    [7] = { 0xffff, 3, 3 },
	[8] = { 0xffff, 3, 3 }, [9] = { 0x1ffff, 3, 3 }, [10] = { 0x1ffff, 15, 3 }, [11] = { 0x1ffff, 15, 3 },
};

static void handled_sets_by_abi(void **state)
{
	(void)state;
	for (unsigned int abi = 0; abi <= SBX_LANDLOCK_ABI_MAX; abi++) {
		assert_int_equal(sbx_rights_fs(abi), abis[abi].fs);
		assert_int_equal(sbx_rights_net(abi), abis[abi].net);
		assert_int_equal(sbx_rights_scoped(abi), abis[abi].scoped);
	}
	assert_int_equal(sbx_rights_fs(1000), 0x1ffff);
}

static void file_rights(void **state)
{
	(void)state;
	assert_int_equal(sbx_rights_file(UINT64_MAX), 1u << 0 | 1u << 1 | 1u << 2 | 1u << 14 | 1u << 15 | 1u << 16);
	assert_int_equal(sbx_rights_file(SBX_FS_READ_DIR | SBX_FS_REFER), 0);
}

static void sets_of_rights(void **state)
{
	(void)state;
	assert_int_equal(SBX_RIGHTS_READ & SBX_RIGHTS_WRITE, 0);
	assert_int_equal(SBX_RIGHTS_WRITE & (SBX_FS_EXECUTE | SBX_FS_MAKE_CHAR | SBX_FS_MAKE_BLOCK | SBX_FS_REFER), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handled_sets_by_abi),
		cmocka_unit_test(file_rights),
		cmocka_unit_test(sets_of_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
