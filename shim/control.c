/* SPDX-License-Identifier: MIT */
/*
 * control.c -- control characters in UTF-8.
 */
#include "shim/control.h"

size_t sbx_control(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
		return 2;
	return (*at && *at < ' ') || *at == 0x7f;
}
