/* SPDX-License-Identifier: MIT */
/*
 * userns.c -- the id maps are written by the process itself: one id, the caller's own, needs no helper
 * (user_namespaces(7)). What the namespace may have of namespaces and of inotify(7) it sets for itself, too.
 */
#include "loader/root/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/read_text.h"
#include "loader/policy/best_effort.h"
#include "shim/err.h"
#include "shim/lookup.h"

#define INSTANCES "32"   /* of 128, unless the administrator allows more */
#define FEW_WATCHES 4096 /* half of what the least machine allows */

static int write_proc(const char *path, const char *text, enum sbx_step step, struct sbx_err *err)
{
	cleanup_fd int fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return sbx_err_set(err, step, errno, path);
	return 0;
}

static int map_ids(const struct sbx_policy_blob *policy, uid_t uid, gid_t gid, struct sbx_err *err)
{
	const bool root = policy->flags & SBX_POLICY_MAP_ROOT;
	char uid_map[64], gid_map[64];

	snprintf(uid_map, sizeof(uid_map), "%u %u 1", root ? 0 : uid, uid);
	snprintf(gid_map, sizeof(gid_map), "%u %u 1", root ? 0 : gid, gid);
	if (write_proc("/proc/self/uid_map", uid_map, SBX_STEP_USERNS, err) < 0 ||
	    write_proc("/proc/self/setgroups", "deny", SBX_STEP_USERNS, err) < 0 ||
	    write_proc("/proc/self/gid_map", gid_map, SBX_STEP_USERNS, err) < 0)
		return -1;
	return 0;
}

static int loopback_up(struct sbx_err *err)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return sbx_err_set(err, SBX_STEP_NET, errno, "loopback");
	return 0;
}

/* What a user may have of it is shared with the caller's other processes, who keep most instances and half of the
 * watches. Its own maximum a namespace sets for itself, not above what holds outside. */
static int share_inotify(struct sbx_err *err)
{
	static const char most[] = "/proc/sys/fs/inotify/max_user_watches";
	unsigned long watches = FEW_WATCHES;
	char text[32];

	if (sbx_read_text(AT_FDCWD, most, text, sizeof(text)) >= 0)
		watches = strtoul(text, NULL, 10) / 2;
	else if (!sbx_lookup_unreachable(errno))
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, most);
	snprintf(text, sizeof(text), "%lu", watches);
	if (write_proc("/proc/sys/user/max_inotify_watches", text, SBX_STEP_LIMITS, err) < 0 ||
	    write_proc("/proc/sys/user/max_inotify_instances", INSTANCES, SBX_STEP_LIMITS, err) < 0)
		return sbx_lookup_absent(err->errnum) ? 0 : -1; /* a kernel without inotify */
	return 0;
}

int sbx_userns_enter(const struct sbx_policy_blob *policy, uid_t uid, gid_t gid, struct sbx_err *err)
{
	if (!(policy->namespaces & CLONE_NEWUSER))
		return 0;
	if (map_ids(policy, uid, gid, err) < 0)
		return -1;
	if (write_proc("/proc/sys/user/max_user_namespaces", "0", SBX_STEP_NESTING, err) < 0) {
		if (!sbx_best_effort(policy, SBX_LAYER_NESTING, err->errnum))
			return -1;
	} else if (share_inotify(err) < 0) {
		return -1;
	}
	return policy->flags & SBX_POLICY_LO_UP ? loopback_up(err) : 0;
}
