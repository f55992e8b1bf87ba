/* SPDX-License-Identifier: MIT */
/*
 * policy_fresh.c -- whether the files that a compiled policy was made from are still what they were: lstat(2), stat(2),
 * readlink(2). Configuration isn't looked at here; it is in the cache's key.
 */
#include "loader/policy/policy_fresh.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/path_resolve.h"
#include "loader/base/sticky.h"
#include "shim/lookup.h"

/* The libraries to be mapped are there, and what was looked up for them would be found as it was. */
static bool preload_fresh(const struct sbx_policy_blob *policy)
{
	const struct sbx_preload *preload = sbx_at(policy, policy->preload);
	const size_t count = policy->preload.len / sizeof(*preload);
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		const bool there = stat(sbx_str(policy, policy->strings, preload[i].path), &st) == 0;
		const bool unknown = !there && !sbx_lookup_unreachable(errno);
		const uint64_t mtime =
			there ? (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec : 0;

		if (unknown || (preload[i].kind == SBX_PRELOAD_LIBRARY ? !there : mtime != preload[i].mtime))
			return false;
	}
	return true;
}

/* The host's symlinks that the policy reproduces still lead where they led when it was compiled; the walk needn't read
 * them again. */
static bool links_fresh(const struct sbx_policy_blob *policy)
{
	const struct sbx_mount *mount = sbx_at(policy, policy->mounts);
	const size_t count = policy->mounts.len / sizeof(*mount);

	for (size_t i = 0; i < count; i++) {
		const char *at = sbx_str(policy, policy->strings, mount[i].dst),
			   *led = sbx_str(policy, policy->strings, mount[i].src), *text;

		if (!(mount[i].flags & SBX_MOUNT_VERIFY))
			continue;
		text = sbx_readlink(at);
		if (strcmp(text ? text : "", led) != 0)
			return false;
		sbx_resolve_know(at, led);
	}
	return true;
}

/*
 * What is bound is there, and of its kind: only compiling follows a symlink. None to be written has become somebody
 * else's. Devices are in every policy, and some hosts lack one.
 */
static bool files_fresh(const struct sbx_policy_blob *policy)
{
	const struct sbx_mount *mount = sbx_at(policy, policy->mounts), *end;
	struct stat st;

	for (end = mount + policy->mounts.len / sizeof(*mount); mount < end; mount++) {
		const char *src = sbx_str(policy, policy->strings, mount->src);
		const bool is_file = mount->flags & SBX_MOUNT_IS_FILE;

		if (mount->type != SBX_MOUNT_BIND)
			continue;
		if (lstat(src, &st) < 0) {
			if (sbx_lookup_absent(errno) && !sbx_path_within(src, "/dev"))
				return false;
			continue;
		}
		if ((S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode) == is_file ||
		     (is_file && !(mount->attr & MOUNT_ATTR_RDONLY) && !sbx_sticky_may_create(src, &st))))
			return false;
	}
	return true;
}

bool sbx_policy_fresh(const struct sbx_policy_blob *policy)
{
	return links_fresh(policy) && files_fresh(policy) && preload_fresh(policy);
}
