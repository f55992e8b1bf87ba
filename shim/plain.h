/* SPDX-License-Identifier: MIT */
/*
 * plain.h -- opens a path that no symlink is on.
 */
#ifndef SBX_SHIM_PLAIN_H
#define SBX_SHIM_PLAIN_H

/*
 * The absolute `path` as an O_PATH descriptor, close-on-exec, the caller's to close; or -errno, -ELOOP where a symlink
 * stands on it. By openat2(2); where a sandbox around us answers ENOSYS to that, component by component, which comes to
 * the same.
 */
long sbx_open_plain(const char *path);

#endif
