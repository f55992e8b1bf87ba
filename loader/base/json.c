/* SPDX-License-Identifier: MIT */
/*
 * json.c -- what a command is called may be any bytes: what is no UTF-8 is U+FFFD, what a terminal obeys is escaped.
 */
#include "loader/base/json.h"

#include <stddef.h>

#include "shim/control.h"

void sbx_json_string(FILE *out, const char *text)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	for (size_t len; *text; text += len ? len : 1) {
		uint32_t code = 0;

		len = sbx_utf8(text, &code);
		if (!len)
			fputs("\\ufffd", out);
		else if (sbx_control(text))
			fprintf(out, "\\u%04x", code);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fwrite(text, 1, len, out);
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
