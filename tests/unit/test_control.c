/* SPDX-License-Identifier: MIT */
/*
 * test_control.c -- what a terminal must not get, and words for a shell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shim/control.h"
#include "shim/shell_word.h"

static void control_bytes_are_found(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { (char)byte, 0 };

		assert_int_equal(sbx_control(text), byte < ' ' || byte >= 0x7f);
	}
	assert_int_equal(sbx_control(""), 0);
}

static void control_characters_are_found(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "\xc2\x80", 2 },
		{ "\xc2\x9f", 2 },
		{ "\xc2\xa0", 0 },
		{ "\xd8\x9c", 2 },
		{ "\xe2\x80\x8d", 0 },
		{ "\xe2\x80\x8e", 3 },
		{ "\xe2\x80\xa8", 3 },
		{ "\xe2\x80\xae", 3 },
		{ "\xe2\x80\xaf", 0 },
		{ "\xe2\x81\xa5", 0 },
		{ "\xe2\x81\xa6", 3 },
		{ "\xe2\x81\xa9", 3 },
		{ "\xe2\x81\xaa", 0 },
		{ "\xf0\x9f\x98\x80", 0 },
		{ "\xc3\xbc", 0 },
		/* no UTF-8: cut short, overlong, a surrogate, beyond the last */
		{ "\xe2\x80", 1 },
		{ "\xc1\x9b", 1 },
		{ "\xe0\x80\x9b", 1 },
		{ "\xed\xa0\x80", 1 },
		{ "\xf4\x90\x80\x80", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(sbx_control(cases[i].text), cases[i].len);
}

static void each_byte_is_masked(void **state)
{
	char text[] = "a\x1b[\xc2\x9b\xc3\xbc\xe2\x80\xae\x9b\n";

	(void)state;
	sbx_control_mask(text);
	assert_string_equal(text, "a?[??\xc3\xbc?????");
}

static void words_are_quoted(void **state)
{
	static const struct {
		const char *name, *word;
	} cases[] = {
		{ "/usr/a-b_c.d:e=f@g%h+i,j", "/usr/a-b_c.d:e=f@g%h+i,j" },
		{ "", "''" },
		{ "-x", "'-x'" },
		{ "=x", "'=x'" },
		{ "~", "'~'" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "\xc3\xbc", "'\xc3\xbc'" },
		{ "$(x)`y`", "'$(x)`y`'" },
		{ "a\nb'c\\d 1", "$'a\\012b\\'c\\\\d 1'" },
		{ "\xc2\x9b"
		  "1\x9b",
		  "$'\\302\\2331\\233'" },
	};
	char word[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sbx_shell_word(word, cases[i].name);
		assert_string_equal(word, cases[i].word);
		assert_true(strlen(word) < SBX_SHELL_WORD_MAX(strlen(cases[i].name)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_bytes_are_found),
		cmocka_unit_test(control_characters_are_found),
		cmocka_unit_test(each_byte_is_masked),
		cmocka_unit_test(words_are_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
