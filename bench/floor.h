/* SPDX-License-Identifier: MIT */
/*
 * floor.h -- the raw floor: the kernel calls that a sandbox of a given kind can't do without, and nothing else.
 */
#ifndef SBX_BENCH_FLOOR_H
#define SBX_BENCH_FLOOR_H

#include <stdbool.h>

/* Say what failed, and why, and end. */
_Noreturn void floor_die(const char *what);

/* A private root on a tmpfs, entered. `lean`: only what `true` needs, where sbx shows what ordinary programs need. */
void floor_root(bool lean);

/* Keyring, capabilities, no_new_privs, then Landlock: the rules of a private root, or those for the host's. */
void floor_fences(bool rooted);

/* The filter of sbx's default profile, in a private root or in place; and the one of a process that only waits. */
void floor_filter(bool in_root);
void floor_filter_reaper(void);

#endif
