/* SPDX-License-Identifier: MIT */
/*
 * private_spaces.c -- O_PATH descriptors of the plan's tmpfs mounts over the channel: from outside no path leads there.
 */
#include "loader/run/private_spaces.h"

#include <fcntl.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/channel.h"
#include "loader/base/cleanup.h"

void sbx_spaces_send(int channel, const struct sbx_plan *plan)
{
	for (size_t i = 0; channel >= 0 && i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
		const struct sbx_msg msg = { .kind = SBX_MSG_SPACE, .value = (int)i };
		cleanup_fd int fd = -1;

		if (mount->type == SBX_MOUNT_TMPFS && !(mount->attr & MOUNT_ATTR_RDONLY))
			fd = open(mount->dst, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			(void)!sbx_channel_send(channel, &msg, fd);
	}
}

void sbx_spaces_accept(struct sbx_space *space, const struct sbx_plan *plan, size_t i, int fd)
{
	const struct sbx_plan_mount *mount = i < plan->mounts.count ? sbx_vec_at(&plan->mounts, i) : NULL;

	if (mount)
		sbx_space_accept(space, fd, mount->dst, mount->late || (mount->flags & SBX_MOUNT_NAMED), mount->option);
	else
		close(fd);
}

void sbx_spaces_left(struct sbx_space *space, struct sbx_private *left, const struct sbx_plan *plan)
{
	for (size_t i = 0; i < space->count; i++)
		sbx_private_take(left, space->places[i].path, space->places[i].fd);
	sbx_private_look(left, plan);
	sbx_space_close(space);
}
