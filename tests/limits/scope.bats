#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A scope of systemd's: what the manager says is believed as far as the kernel says so too, and for as long as there is time.

load ../cli/helper

more_setup() {
	if is_root; then
		[ -S /run/systemd/private ] || skip "no systemd that makes scopes here"
	else
		[ -S "/run/user/$(id -u)/systemd/private" ] || skip "no systemd that makes scopes here"
	fi
}

more_teardown() {
	[ -z "${manager-}" ] || kill -CONT "$manager"
}

@test "a manager that doesn't answer has no more than the command's time" {
	only_user # who can't stop the machine's first process
	manager=$(pgrep -u "$(id -u)" -x systemd)
	kill -STOP "$manager"
	# a guard against hanging: a manager has 10 seconds where no time is named
	run timeout -s KILL 9 "$SBX" --timeout 1s --memory 64M echo ran
	expect_refused "limits: memory = 64M can.t be held: sbx-scope doesn.t answer"
	kill -CONT "$manager"
	manager=
	run "$SBX" --timeout 60s --memory 64M echo ran
	expect_output ran
}

@test "a scope that the sandbox isn't in holds nothing" {
	mkdir -m 755 forged
	cp "$BUILD"/{sbx-wrap,sbx-policy,libsbx-shim.so,sbx-scope} forged
	run forged/sbx-wrap --memory 64M echo ran
	expect_output ran
	background "$SBX" --memory 64M sleep 60
	other() { find /sys/fs/cgroup -name 'sbx-*.scope' | grep .; }
	wait_until other
	printf '#!/bin/sh\necho %q\n' "$(other | sed 's,^/sys/fs/cgroup,,;q')" >forged/sbx-scope
	run forged/sbx-wrap --memory 64M echo ran
	expect_refused "limits: memory = 64M can.t be held: .*: the sandbox isn.t in the cgroup that was made for it"
}
