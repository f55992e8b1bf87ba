# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the suites of this directory share.

# Where cgroup v2 can be had: a subtree delegated to the test user, root's own, or a login session of systemd's.
has_memory() {
	local path
	if is_root || [ -n "${SBX_TEST_CGROUP-}" ]; then
		path=$(sed -n 's/^0:://p' /proc/self/cgroup)
		[ "$path" = / ] || path=$(dirname "$path")
		grep -qw memory "/sys/fs/cgroup$path/cgroup.controllers" 2>/dev/null
	else
		[ -S "/run/user/$(id -u)/systemd/private" ]
	fi
}
needs_cgroup() { has_memory || skip "no cgroup v2 with controllers here"; }
needs_none() { ! has_memory || skip "cgroup v2 is to be had here"; }
