/* SPDX-License-Identifier: MIT */
/*
 * private_sizes.c -- sysinfo(2) of the host against the sizes of the plan's tmpfs mounts. None is so small that an
 * ordinary tool's temporary files don't fit, and none that nobody asked for so large that it takes a server's memory.
 */
#include "loader/plan/private_sizes.h"

#include <errno.h>
#include <sys/sysinfo.h>

#include "shim/err.h"

#define LEAST (256ull << 20)
#define AUTO_MOST (2ull << 30)
#define AUTO_SHARE (SBX_WHOLE / 10)

static uint64_t bytes_of(uint64_t size, uint64_t memory)
{
	const uint64_t share = size & ~SBX_SIZE_SHARE, bytes = memory / SBX_WHOLE * (share ? share : AUTO_SHARE);

	if (!share && bytes > AUTO_MOST)
		return AUTO_MOST;
	return bytes < LEAST ? LEAST : bytes;
}

int sbx_plan_sizes(struct sbx_plan *plan, uint64_t most, struct sbx_err *err)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return sbx_err_set(err, SBX_STEP_ROOT, errno, "sysinfo");
	for (size_t i = 0; i < plan->mounts.count; i++) {
		struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->type == SBX_MOUNT_TMPFS && (mount->size & SBX_SIZE_SHARE)) {
			mount->size = bytes_of(mount->size, (uint64_t)info.totalram * info.mem_unit);
			mount->size = mount->size < most ? mount->size : most;
		}
	}
	return 0;
}
