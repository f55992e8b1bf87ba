/* SPDX-License-Identifier: MIT */
/*
 * json.h -- strings and numbers of JSON; RFC 8259.
 */
#ifndef SBX_LOADER_BASE_JSON_H
#define SBX_LOADER_BASE_JSON_H

#include <stdint.h>
#include <stdio.h>

/* UNTRUSTED: any bytes, as a string in quotes: controls are escaped, each byte that is no UTF-8 becomes U+FFFD. NULL is
 * null. */
void sbx_json_string(FILE *out, const char *text);

/* ,"key":value; and null for SBX_UNKNOWN and SBX_UNLIMITED alike. */
void sbx_json_number(FILE *out, const char *key, uint64_t value);

/* ,"key":seconds with a fraction. */
void sbx_json_seconds(FILE *out, const char *key, int64_t ns);

#endif
