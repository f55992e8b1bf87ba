/* SPDX-License-Identifier: MIT */
/*
 * json.c -- what a command is called may be any bytes: checked here as UTF-8, without surrogates and overlong forms.
 */
#include "loader/base/json.h"

#include <stddef.h>

/* The length of the UTF-8 sequence at `at`, or 0. A NUL ends it like any byte that is no continuation. */
static size_t utf8_len(const unsigned char *at)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };

	for (size_t more = 0; more < sizeof(forms) / sizeof(forms[0]); more++) {
		uint32_t code = at[0] & (unsigned char)~forms[more].mask;

		if ((at[0] & forms[more].mask) != forms[more].lead)
			continue;
		for (size_t i = 1; i <= more; i++) {
			if ((at[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (at[i] & 0x3f);
		}
		return code >= forms[more].least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? more + 1 : 0;
	}
	return 0;
}

void sbx_json_string(FILE *out, const char *text)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	for (const unsigned char *at = (const unsigned char *)text; *at;) {
		const size_t len = utf8_len(at);

		if (*at < ' ' || *at == 0x7f)
			fprintf(out, "\\u%04x", *at);
		else if (*at == '"' || *at == '\\')
			fprintf(out, "\\%c", *at);
		else if (!len)
			fputs("\\ufffd", out);
		else
			fwrite(at, 1, len, out);
		at += len ? len : 1;
	}
	fputc('"', out);
}

void sbx_json_number(FILE *out, const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		fprintf(out, ",\"%s\":null", key);
	else
		fprintf(out, ",\"%s\":%llu", key, (unsigned long long)value);
}

void sbx_json_seconds(FILE *out, const char *key, int64_t ns)
{
	fprintf(out, ",\"%s\":%lld.%06lld", key, (long long)(ns / 1000000000), (long long)(ns % 1000000000 / 1000));
}
