/* SPDX-License-Identifier: MIT */
/*
 * control.c -- control characters in UTF-8: ISO 6429, Unicode's bidirectional controls and line ends.
 */
#include "shim/control.h"

size_t sbx_utf8(const char *text, uint32_t *code)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };
	const unsigned char *at = (const unsigned char *)text;

	for (size_t more = 0; more < sizeof(forms) / sizeof(forms[0]); more++) {
		if ((at[0] & forms[more].mask) != forms[more].lead)
			continue;
		*code = at[0] & (unsigned char)~forms[more].mask;
		for (size_t i = 1; i <= more; i++) {
			if ((at[i] & 0xc0) != 0x80)
				return 0; /* a NUL is no continuation either */
			*code = *code << 6 | (at[i] & 0x3f);
		}
		return *code >= forms[more].least && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff) ?
			       more + 1 :
			       0;
	}
	return 0;
}

size_t sbx_control(const char *text)
{
	static const struct {
		uint16_t first, last;
	} controls[] = { { 0, 0x1f },        { 0x7f, 0x9f },     { 0x61c, 0x61c },
			 { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 } };
	uint32_t code = 0;
	const size_t len = sbx_utf8(text, &code);

	if (!*text)
		return 0;
	if (!len)
		return 1;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (code >= controls[i].first && code <= controls[i].last)
			return len;
	return 0;
}

void sbx_control_mask(char *text)
{
	uint32_t code;

	while (*text) {
		size_t control = sbx_control(text);

		if (!control)
			text += sbx_utf8(text, &code);
		while (control-- > 0)
			*text++ = '?';
	}
}
