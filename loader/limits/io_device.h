/* SPDX-License-Identifier: MIT */
/*
 * io_device.h -- which block device a limit of I/O is set on.
 */
#ifndef SBX_LOADER_LIMITS_IO_DEVICE_H
#define SBX_LOADER_LIMITS_IO_DEVICE_H

#include <stdbool.h>

#define SBX_IO_DEVICE_MAX 32

/*
 * "MAJOR:MINOR" of the disk that holds `path`, and of the whole of it where that is a partition: sysfs(5),
 * Documentation/ABI. False where it lies on none (tmpfs, network), or on more than one (btrfs).
 */
bool sbx_io_device_of(const char *path, char text[SBX_IO_DEVICE_MAX]);

#endif
