/* SPDX-License-Identifier: MIT */
/*
 * nested.h -- is this the inside of a sandbox of sbx? Then there are no namespaces to be had, and fences are added in
 * place.
 */
#ifndef SBX_LOADER_POLICY_NESTED_H
#define SBX_LOADER_POLICY_NESTED_H

#include <stdbool.h>

/*
 * Told by a file of the outer loader's on a read-only tmpfs, which nothing inside could make; never by the environment.
 * On a host only root can put one there: without it, namespaces that can't be had are an error.
 */
bool sbx_nested(void);

#endif
