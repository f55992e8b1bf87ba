/* SPDX-License-Identifier: MIT */
/*
 * io_device.c -- stat(2), and sysfs for what is a partition.
 */
#include "loader/limits/io_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/base/read_text.h"
#include "loader/limits/cgroup.h"

bool sbx_io_device_of(const char *path, char text[SBX_IO_DEVICE_MAX])
{
	char whole[16], *block;
	struct stat st;

	if (stat(path, &st) < 0) {
		sbx_cgroup_expect(errno, path);
		return false;
	}
	if (major(st.st_dev) == 0)
		return false;
	snprintf(text, SBX_IO_DEVICE_MAX, "%u:%u", major(st.st_dev), minor(st.st_dev));
	block = sbx_join("/sys/dev/block/", text);
	if (access(sbx_join(block, "/partition"), F_OK) < 0) {
		sbx_cgroup_expect(errno, block);
		return true;
	}
	if (sbx_read_text(AT_FDCWD, sbx_join(block, "/../dev"), whole, sizeof(whole)) <= 0) {
		sbx_cgroup_expect(errno, block);
		return false;
	}
	snprintf(text, SBX_IO_DEVICE_MAX, "%.*s", (int)strcspn(whole, "\n"), whole);
	return true;
}
