/* SPDX-License-Identifier: MIT */
/*
 * Amounts as people write them: sizes, counts, percentages, durations; and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf/config/amounts.h"
#include "shim/blob.h"

static void amounts(void **state)
{
	static const struct {
		enum sbx_key_type type;
		const char *text;
		uint64_t amount;
	} good[] = {
		{ SBX_TYPE_MEMORY, "512M", 512ull << 20 },
		{ SBX_TYPE_MEMORY, "1.5G", 3ull << 29 },
		{ SBX_TYPE_MEMORY, "1g", 1ull << 30 },
		{ SBX_TYPE_MEMORY, "64MiB", 64ull << 20 },
		{ SBX_TYPE_AMOUNT, "0", 0 },
		{ SBX_TYPE_AMOUNT, "1T", 1ull << 40 },
		{ SBX_TYPE_NUMBER, "1", 1 },
		{ SBX_TYPE_NUMBER, "400", 400 },
		{ SBX_TYPE_PERCENT, "100%", 100000 },
		{ SBX_TYPE_PERCENT, "1%", 1000 },
		{ SBX_TYPE_PERCENT, "12.5%", 12500 },
		{ SBX_TYPE_DURATION, "30", 30000 },
		{ SBX_TYPE_DURATION, "30s", 30000 },
		{ SBX_TYPE_DURATION, "2m", 120000 },
		{ SBX_TYPE_DURATION, "2min", 120000 },
		{ SBX_TYPE_DURATION, "1.5h", 5400000 },
		{ SBX_TYPE_DURATION, "250ms", 250 },
		{ SBX_TYPE_DURATION, "1d", 86400000 },
		{ SBX_TYPE_DURATION, "0.5", 500 },
		{ SBX_TYPE_MEMORY, "unlimited", SBX_UNLIMITED },
		{ SBX_TYPE_DURATION, "unlimited", SBX_UNLIMITED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t amount = 0;

		assert_int_equal(sbx_amount_parse(good[i].type, good[i].text, &amount), 0);
		assert_int_equal(amount, good[i].amount);
	}
}

static void no_amounts(void **state)
{
	static const struct {
		enum sbx_key_type type;
		const char *text;
	} bad[] = {
		{ SBX_TYPE_MEMORY, "" },        { SBX_TYPE_MEMORY, "0" },      { SBX_TYPE_MEMORY, "-1" },
		{ SBX_TYPE_MEMORY, "64X" },     { SBX_TYPE_MEMORY, "64 M" },   { SBX_TYPE_MEMORY, "101%" },
		{ SBX_TYPE_MEMORY, "0%" },      { SBX_TYPE_MEMORY, "%" },      { SBX_TYPE_MEMORY, "inf" },
		{ SBX_TYPE_MEMORY, "nan" },     { SBX_TYPE_MEMORY, "0x10" },   { SBX_TYPE_MEMORY, "1e9" },
		{ SBX_TYPE_AMOUNT, "50%" },     { SBX_TYPE_AMOUNT, "1.2.3" },  { SBX_TYPE_AMOUNT, "9999999T" },
		{ SBX_TYPE_NUMBER, "0" },       { SBX_TYPE_NUMBER, "1.5" },    { SBX_TYPE_NUMBER, "5K" },
		{ SBX_TYPE_PERCENT, "50" },     { SBX_TYPE_PERCENT, "0%" },    { SBX_TYPE_PERCENT, "0.5%" },
		{ SBX_TYPE_DURATION, "0" },     { SBX_TYPE_DURATION, "5y" },   { SBX_TYPE_DURATION, "s" },
		{ SBX_TYPE_DURATION, "1m30s" }, { SBX_TYPE_DURATION, "30 s" }, { SBX_TYPE_NUMBER, "Unlimited" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t amount = 0;

		assert_int_equal(sbx_amount_parse(bad[i].type, bad[i].text, &amount), -1);
	}
}

static void shares_of_memory(void **state)
{
	(void)state;
	assert_int_equal(sbx_amount_share("100%"), 100000);
	assert_int_equal(sbx_amount_share("12.5%"), 12500);
	assert_int_equal(sbx_amount_share("0%"), 0);
	assert_int_equal(sbx_amount_share("101%"), 0);
	assert_int_equal(sbx_amount_share("64M"), 0);
	assert_int_equal(sbx_amount_share("unlimited"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts),
		cmocka_unit_test(no_amounts),
		cmocka_unit_test(shares_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
