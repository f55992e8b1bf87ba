/*
 * printable.c -- no control characters: neither ASCII's nor, in UTF-8, those of ISO 6429's C1 set.
 */
#include "loader/base/printable.h"

#include "loader/base/memory.h"

const char *sbx_printable(const char *text)
{
	char *copy = sbx_strdup(text);

	for (char *p = copy; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
		if ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0)
			p[0] = p[1] = '?'; /* C1 controls in UTF-8 */
	}
	return copy;
}
