#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Options that are told from inside to have their effect, or are refused.

load ../cli/helper

@test "--dev grants a device with its ioctls, and what is none is refused" {
	local device
	for device in /dev/null /dev/pts /dev/shm /dev/ptmx /dev/no-such-device /etc/passwd /dev; do
		run "$SBX" --dev "$device" true
		expect_refused 'dev: ' || return 1
	done
	run "$SBX" --set 'dev=["null","/dev/../etc"]' true
	expect_refused 'dev: '
	[ -c /dev/fuse ] || skip "no /dev/fuse here"
	run "$SBX" ls /dev/fuse
	[ "$status" -ne 0 ]
	run "$SBX" -q --dev /dev/fuse ls /dev/fuse /dev/null
	expect_output $'/dev/fuse\n/dev/null'
	[ -r /dev/fuse ] && [ -w /dev/fuse ] || skip "this user may not open /dev/fuse"
	# FUSE_DEV_IOC_CLONE of a descriptor that is none: the device itself answers
	run "$SBX" -q -p default --dev /dev/fuse "$PYTHON" -c '
import fcntl, struct
with open("/dev/fuse", "r+b", buffering=0) as f:
    try: fcntl.ioctl(f, 0x8004e500, struct.pack("I", 999))
    except OSError as error: print(error.errno)'
	expect_output 22 # EINVAL; Landlock gives EACCES
}

@test "--tmpfs-exec holds what may be executed, --tmpfs doesn't; a profile that executes nothing refuses it" {
	local copy='cp /bin/true /tmp/t && /tmp/t && echo ran'
	run "$SBX" -q --tmpfs-exec /tmp sh -c "$copy"
	expect_output ran
	run "$SBX" -q --tmpfs /tmp sh -c "$copy"
	expect_no_line '^ran$'
	run "$SBX" -q --size 1M --tmpfs-exec /tmp sh -c 'head -c 3000000 /dev/zero >/tmp/big'
	[ "$status" -ne 0 ]
	run "$SBX" -p xmllint --tmpfs-exec /tmp cat /dev/null
	expect_refused 'executes nothing'
}

@test "--ro-try and --rw-try pass over what is absent, and nothing else" {
	mkdir d
	run "$SBX" -q --ro-try no/such --rw-try no-such --rw-try d sh -c 'echo new >d/f && cat d/f'
	expect_output new
	run "$SBX" --ro no-such true
	expect_refused 'no-such: No such file'
	run "$SBX" --ro-try '' true
	expect_refused 'empty path'
	[ "$(id -u)" != 0 ] || return 0
	mkdir -p closed/in
	chmod 0 closed
	run "$SBX" --ro-try closed/in true
	chmod 700 closed
	expect_refused 'Permission denied'
}

@test "--hostname names the host inside, and nothing outside" {
	local name
	name=$(uname -n)
	run "$SBX" -q --hostname box.example uname -n
	expect_output box.example
	[ "$(uname -n)" = "$name" ]
	run "$SBX" --hostname box --set 'namespaces=["user","mount","pid"]' true
	expect_refused -- '--hostname needs "uts"'
	run "$SBX" --hostname 'a b' true
	expect_refused 'letters'
}

@test "--die-with-parent kills the command when who has started it ends" {
	mkfifo go
	sh -c "'$SBX' -q --die-with-parent sleep 300 & echo \$! >pid; read -r line <go" 3>&- &
	local parent=$!
	wait_until test -s pid
	sleep 1
	kill -0 "$(cat pid)"
	kill -9 "$parent" 2>/dev/null || true
	wait "$parent" 2>/dev/null || true
	wait_until sh -c '! kill -0 "$(cat pid)" 2>/dev/null'
	if holds_in_place; then
		run "$SBX" -q --die-with-parent --set 'namespaces=[]' echo waits
		expect_output waits
	fi
	run "$SBX" -q --die-with-parent echo fine
	expect_output fine
}
