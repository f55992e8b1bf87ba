/* SPDX-License-Identifier: MIT */
/*
 * control.h -- what a terminal obeys and doesn't show: names and texts from outside may hold anything.
 */
#ifndef SBX_SHIM_CONTROL_H
#define SBX_SHIM_CONTROL_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many bytes the UTF-8 sequence takes that `text` begins with, and its code point; 0 when there is none: an
 * overlong form, a surrogate, a byte of another encoding.
 */
size_t sbx_utf8(const char *text, uint32_t *code);

/*
 * How many bytes that `text` begins with must not reach a terminal: a control character of ASCII's or of ISO 6429's C1
 * set, one that changes the direction or ends the line, or a byte that is no UTF-8 (alone it may be C1, too). 0 when
 * there is none, or the text is empty.
 */
size_t sbx_control(const char *text);

/* Put a question mark in place of each such byte. */
void sbx_control_mask(char *text);

#endif
