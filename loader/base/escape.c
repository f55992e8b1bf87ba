/* SPDX-License-Identifier: MIT */
/*
 * escape.c -- no name makes a line of a list.
 */
#include "loader/base/escape.h"

#include <string.h>

#include "loader/base/memory.h"

static const char digits[] = "0123456789abcdef";

char *sbx_escape(const char *text)
{
	char *escaped = sbx_alloc(3 * strlen(text) + 2), *to = escaped;

	for (; *text; text++) {
		const unsigned char byte = (unsigned char)*text;

		if (byte > ' ' && byte < 0x7f && byte != '%') {
			*to++ = *text;
			continue;
		}
		*to++ = '%';
		*to++ = digits[byte >> 4];
		*to++ = digits[byte & 15];
	}
	return escaped;
}

char *sbx_unescape(const char *text)
{
	char *plain = sbx_alloc(strlen(text) + 1), *to = plain;

	for (; *text; text++) {
		const char *high = text[0] == '%' && text[1] ? strchr(digits, text[1]) : NULL;
		const char *low = high && text[2] ? strchr(digits, text[2]) : NULL;

		*to++ = (char)(low ? (high - digits) << 4 | (low - digits) : *text);
		text += low ? 2 : 0;
	}
	return plain;
}
