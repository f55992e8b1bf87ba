#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What doctor says of limits is what a run does.

load ../cli/helper
load cgroup

@test "doctor tells for each limit what would hold it" {
	run "$POLICY" doctor
	expect_line '^limits +(ok|--) +limits\.memory: '
	expect_line ' limits\.pids: '
	expect_line ' limits\.io: '
	if has_memory; then
		expect_line 'ok +limits\.memory: held by the cgroup(, a scope |$)'
	else
		expect_line '-- +limits\.memory: can.t be held: '
	fi
}

# Both say the same of each limit in the same words: what holds it, or why it is refused.
expect_agreement() { # [CMD...]: in front of both
	local name value said doctor
	doctor=$("$@" "$POLICY" doctor)
	while read -r name value; do
		said=$(sed -nE "s/^(limits)? +(ok|--) +limits\.$name: //p" <<<"$doctor")
		run --separate-stderr "$@" "$SBX" --stats --set "limits.$name=\"$value\"" true
		if [[ $said == "can't be held: "* ]]; then
			expect_status 125 || return 1
			grep -qE "^sbx-wrap: limits: $name = [^ ]+ can't be held: " <<<"$stderr" &&
				[[ $stderr == *" $said"* ]] || fail "$name: doctor: $said; run: $stderr" || return 1
		else
			expect_status 0 || fail "$name: doctor: $said; run: $stderr" || return 1
			grep -qE "^  limit +$name [^ ]+: $said\$" <<<"$stderr" || fail "$name: doctor: $said; run: $stderr" || return 1
		fi
	done <<-END
		memory 32M
		swap 1M
		pids 20
		cpu 40%
		io 2M
	END
}

@test "doctor and a run agree on what holds each limit" {
	expect_agreement
	[ -z "${SBX_TEST_DISK-}" ] || cd "$SBX_TEST_DISK"
	expect_agreement
}

@test "doctor and a run agree where there is no cgroup v2" {
	only_root
	expect_agreement unshare --mount sh -c 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' sh
	run unshare --mount sh -c 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' sh "$POLICY" doctor
	expect_line '-- +limits\.memory: can.t be held: no cgroup v2 is mounted'
	expect_line '^ +-> run in a login session'
}

@test "what doctor says of limits is no matter of the configuration" {
	local config want
	want=$("$POLICY" doctor | grep -F limits.)
	echo 'default = { latch = 5; };' >broken.conf
	echo 'default = { namespaces = [ ]; best_effort = [ "limits" ]; limits = { memory = "1M"; }; };' >place.conf
	for config in broken place; do
		run "$POLICY" doctor --config $config.conf
		[ "$(grep -F limits. <<<"$output" | grep -v '^config')" = "$want" ] || fail "$config: $output"
	done
}

@test "doctor without sbx-wrap: it says so, with the remedy" {
	cp "$POLICY" .
	run ./sbx-policy doctor
	expect_status 1
	grep -A 1 -E '^limits +FAIL sbx-wrap' <<<"$output" | grep -qE '^ +-> make install$' || fail "$output"
	expect_no_line 'limits\.'
}
