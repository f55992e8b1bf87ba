/* SPDX-License-Identifier: MIT */
/*
 * trust.h -- whose files are believed, by owner and mode alone: root's and the caller's that nobody else can write.
 * path_resolution(7); conf/config/file_trust.c asks the group database as well.
 */
#ifndef SBX_SHIM_TRUST_H
#define SBX_SHIM_TRUST_H

#include <stdbool.h>
#include <stdint.h>

/* Is a file of `owner` with the st_mode `mode` one of root's or of `uid`'s, and for nobody else to write? */
bool sbx_trust_mode(uint32_t owner, uint32_t mode, uint32_t uid);

/* Can others write it? In a sticky directory of root's nobody replaces what isn't his. */
bool sbx_trust_open_to_others(uint32_t owner, uint32_t mode);

#endif
