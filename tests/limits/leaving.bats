#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Leaving the caller's cgroup: what holds there holds outside of it, or it isn't left.

load ../cli/helper
load cgroup

# A cgroup of the caller's beside which a leaf could be made: where cgroup v2 is all there is, and nobody else rules it.
more_setup() {
	top=${SBX_TEST_CGROUP-}
	if is_root; then
		[ ! -d /run/systemd/system ] || skip "no cgroup v2 of the caller's own here: the tree is systemd's"
		has_memory || skip "no cgroup v2 with controllers here"
		top=/sys/fs/cgroup/sbxroot
		mkdir -p "$top"
		echo '+cpu +io +memory +pids' >"$top/cgroup.subtree_control"
	fi
	[ -n "$top" ] || skip "no cgroup v2 of the caller's own here"
	mkdir "$top/caller"
}

more_teardown() {
	[ -d "${top-}/caller" ] || return 0
	wait_until rmdir "$top/caller"
	! is_root || rmdir "$top"
}

within() { # COMMAND... in place of this shell, as a member of the caller's cgroup
	echo "$BASHPID" >"$top/caller/cgroup.procs"
	exec "$@"
}

leaf_file() { # FILE: of the only leaf
	local -a leaves=("$top"/sbx-*)
	cat "${leaves[0]}/$1" 2>/dev/null
}
reads() { [ "$(leaf_file "$1")" = "$2" ]; }

@test "a cgroup that is limited in memory isn't left" {
	echo 512M >"$top/caller/memory.max"
	run within "$SBX" --memory 64M echo ran
	expect_refused "limits: memory = 64M can.t be held: outside of this cgroup its memory.max wouldn.t hold"
	echo max >"$top/caller/memory.max"
	run within "$SBX" --memory 64M echo ran
	expect_output ran
}

@test "the leaf has the weights of the caller's cgroup" {
	echo 7 >"$top/caller/cpu.weight"
	background within "$SBX" --memory 64M sleep 60
	wait_until reads cpu.weight 7
	kill "$JOB"
	wait "$JOB" || true
	echo 1 >"$top/caller/cpu.idle"
	background within "$SBX" --memory 64M sleep 60
	wait_until reads cpu.idle 1
	kill "$JOB"
	wait "$JOB" || true
	echo 0 >"$top/caller/cpu.idle"
	[ -e "$top/caller/io.weight" ] || return 0
	echo 13 >"$top/caller/io.weight"
	background within "$SBX" --memory 64M sleep 60
	wait_until reads io.weight 'default 13'
	kill "$JOB"
	wait "$JOB" || true
}

@test "no more is swept than what is called as a leaf is" {
	mkdir "$top/sbx-999999-mine" "$top/sbx-999999-0123abcd" "$top/sbx-0999999-0123abcd"
	run within "$SBX" --memory 64M true
	expect_status 0
	[ ! -e "$top/sbx-999999-0123abcd" ] || fail "not swept"
	rmdir "$top/sbx-999999-mine" "$top/sbx-0999999-0123abcd"
}

@test "root takes no leaf where a user could lift it" {
	only_root
	chown 1000 "$top" "$top"/cgroup.{procs,subtree_control}
	run within "$SBX" --memory 64M echo ran
	expect_refused "limits: memory = 64M can.t be held: somebody else owns a cgroup above this one"
	chown 0 "$top" "$top"/cgroup.{procs,subtree_control}
	chown 1000 "$top/cgroup.procs"
	run within "$SBX" --memory 64M echo ran
	expect_refused 'somebody else owns'
	chown 0 "$top/cgroup.procs"
	run within "$SBX" --memory 64M echo ran
	expect_output ran
}

@test "a limit that is lifted while the command runs is told" {
	lift() {
		local leaf
		for leaf in "$top"/sbx-*; do
			[ -e "$leaf" ] && echo max >"$leaf/memory.max"
		done
	}
	within "$SBX" --memory 64M --stats sleep 3 2>said &
	wait_until lift
	wait $!
	grep -q '^sbx-wrap: limits: memory = 64M was not held to the end: somebody has changed memory.max' said || fail "$(cat said)"
	grep -q '^  limit      memory 64M: not held: somebody' said || fail "$(cat said)"
	run --separate-stderr within "$SBX" --memory 64M --stats true
	expect_stderr 'memory 64M: held by the cgroup'
}
