/* SPDX-License-Identifier: MIT */
/*
 * loader/root -- the namespaces' inside: id maps, the private root, privileges given up.
 *
 * Used by: run, in the process that becomes the sandbox.
 * Touches: mounts of the new mount namespace; the host's tree only as the source of binds.
 * Includes: loader/base loader/cli loader/plan loader/policy shim
 */
#ifndef SBX_LOADER_ROOT_ROOT_H
#define SBX_LOADER_ROOT_ROOT_H

#endif
