/* SPDX-License-Identifier: MIT */
/*
 * printable.h -- names in messages.
 */
#ifndef SBX_LOADER_BASE_PRINTABLE_H
#define SBX_LOADER_BASE_PRINTABLE_H

/* `text` as fresh memory, without what a terminal obeys: names may hold anything. */
const char *sbx_printable(const char *text);

#endif
