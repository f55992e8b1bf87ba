/* SPDX-License-Identifier: MIT */
/*
 * escape.h -- any bytes as one word of a line: what is no plain character, and %, is %xx.
 */
#ifndef SBX_LOADER_BASE_ESCAPE_H
#define SBX_LOADER_BASE_ESCAPE_H

/* Fresh memory. */
char *sbx_escape(const char *text);

/* The reverse, as far as it goes. */
char *sbx_unescape(const char *text);

#endif
