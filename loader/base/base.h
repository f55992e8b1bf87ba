/* SPDX-License-Identifier: MIT */
/*
 * loader/base -- what the loader is made of that knows no policy and no run: memory, paths, descriptors, mount
 * calls, /proc.
 *
 * Used by: every room of the loader.
 * Touches: the calling process only; nothing here decides what is allowed.
 * Includes: shim
 */
#ifndef SBX_LOADER_BASE_BASE_H
#define SBX_LOADER_BASE_BASE_H

#endif
