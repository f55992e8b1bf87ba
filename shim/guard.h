/* SPDX-License-Identifier: MIT */
/*
 * guard.h -- the patterns of fs.guard: names of files and directories that programs of the host execute or obey, so
 * that nothing writes them from inside. sbx.conf(5) describes them.
 */
#ifndef SBX_SHIM_GUARD_H
#define SBX_SHIM_GUARD_H

#include <stddef.h>

/*
 * What a pattern says of the absolute `path`, of which `len` bytes count: 1 that it is guarded, -1 that it isn't (the
 * pattern begins with !), 0 nothing. Case doesn't count. The last of the patterns that says something decides.
 */
int sbx_guard_match(const char *pattern, const char *path, size_t len);

#endif
