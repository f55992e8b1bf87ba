#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every error but "not there" is an error: the run is refused, or goes on as if nothing had been.

load ../cli/helper

more_setup() {
	strace -f -o "$WORK/trace" true || skip "strace doesn't work here"
	: >"$WORK/conf" # new, so that the policy is compiled once more
}

# Run sbx-wrap with these system calls failing. With -P: those that concern the path.
with_error() { # CALLS:error=ERROR[:when=N] [-P PATH] -- [ARG...]
	local inject=$1 path=()
	shift
	if [ "$1" = -P ]; then
		path=(-P "$2")
		shift 2
	fi
	run strace -f -qq -o trace "${path[@]}" -e inject="$inject" "$SBX" --config "$WORK/conf" "${@:2}"
	grep -q INJECTED trace || fail "nothing has failed"
}

@test "what the compiler can't look up is an error, not something that isn't there" {
	local path paths=(/proc/keys /etc/passwd "$REAL_HOME" /etc/ld.so.cache /etc/alternatives /etc/hosts /usr)
	! is_root || paths+=(/proc/slabinfo /proc/timer_list)
	for path in "${paths[@]}"; do
		: >conf
		with_error all:error=ENOMEM -P "$path" -- true
		expect_refused '(Cannot allocate|Out of) memory' || return 1
	done
}

@test "what isn't there still isn't missed" {
	local path
	for path in /proc/keys /etc/ld.so.cache /etc/hosts; do
		: >conf
		with_error all:error=ENOENT -P "$path" -- true
		expect_status 0 || return 1
	done
}

@test "an error while compiling leaves no weaker policy in the cache" {
	with_error all:error=ENOMEM -P /proc/keys -- true
	expect_status 125
	run "$SBX" --config "$WORK/conf" cat /proc/keys
	[ "$status" -ne 0 ]
	run "$SBX" --config "$WORK/conf" cat /proc/self/mountinfo
	expect_line ' /proc/keys '
}

@test "capabilities that can't be dropped end the run" {
	local error
	for error in EPERM EINVAL ENOMEM; do
		with_error prctl:error=$error:when=7 -- true
		expect_refused 'capabilities: the bounding set' || return 1
	done
	with_error capget:error=EPERM -- true
	expect_refused 'capabilities: capget'
}

@test "a loader that can't hear signals runs nothing" {
	local call
	for call in signalfd4 rt_sigprocmask; do
		with_error "$call:error=ENOMEM:when=1" -- sh -c 'echo ran >ran'
		expect_refused 'wait: signals: Out of memory' || return 1
		[ ! -e ran ]
	done
}

@test "a call that nobody can answer doesn't wait for ever" {
	with_error ioctl:error=ENOMEM:when=2 -- --set 'seccomp.log=["close"]' true
	expect_refused "a call that waits can't be answered"
}

@test "a limit that is built in isn't lost when the kernel's version can't be read" {
	only_user # RLIMIT_NPROC isn't for root
	with_error uname:error=ENOSYS -- true
	expect_refused 'limits: pids'
}

@test "queued signals: a limit that can't be lowered, or given back, ends the run" {
	local error
	for error in EPERM:when=2 EPERM:when=3; do
		with_error "prlimit64:error=$error" -- true
		expect_refused 'limits: queued signals' || return 1
	done
}

# Which of a process's openat calls on the shim is ld.so's, as $LINKED: its last. Root's strace sees the loader's probe
# before it, too.
count_openings() {
	strace -f -qq -e trace=openat -P /run/sbx/libsbx-shim.so -o trace "$SBX" --config conf -p parser true
	LINKED=$(awk '/openat/ { count[$1]++; last = $1 } END { print count[last] }' trace)
}

@test "one error of ld.so's doesn't cost the latch" {
	count_openings
	with_error "openat:error=ENOMEM:when=$LINKED" -P /run/sbx/libsbx-shim.so -- -p parser cat /proc/self/status
	expect_status 0
	[ "$(grep Seccomp_filters <<<"$output")" = "$("$SBX" --config conf -p parser cat /proc/self/status | grep Seccomp_filters)" ]
}

@test "a command that ld.so starts without the shim is killed, not waited for" {
	count_openings
	with_error "openat:error=ENOMEM:when=$LINKED+" -P /run/sbx/libsbx-shim.so -- -p parser sh -c 'while :; do :; done'
	expect_refused 'not acknowledged because ld.so has left the shim out; killed'
}

@test "where the latch isn't required that is said, and the command runs on" {
	count_openings
	with_error "openat:error=ENOMEM:when=$LINKED+" -P /run/sbx/libsbx-shim.so -- -p parser --latch auto sh -c '
		i=0
		while [ $i -lt 300000 ]; do i=$((i + 1)); done
		echo ran on'
	expect_status 0
	expect_line '^ran on$'
	expect_line 'not acknowledged (because ld.so has left the shim out|before its end); it has the floor alone'
}

@test "an error in looking at the shim isn't a shim that can't be had" {
	only_root
	count_openings
	with_error "openat:error=ENOMEM:when=$((LINKED - 1))" -P /run/sbx/libsbx-shim.so -- -p parser --latch auto true
	expect_refused 'shim: /run/sbx/libsbx-shim.so: Out of memory'
}

@test "what the loader can't look up is an error, not something that isn't there" {
	local path
	for path in "$REAL_HOME/.config" "$SHIM" /etc/passwd; do
		XDG_CONFIG_HOME=$REAL_HOME/.config with_error access,lstat,readlink,openat,openat2:error=EMFILE -P "$path" -- -p parser --latch auto true
		expect_refused '(No file descriptors available|Too many open files)$' || return 1
	done
}

@test "an ELF interpreter that can't be looked at isn't a foreign one" {
	only_x86
	with_error stat:error=ENOMEM -P /lib64/ld-linux-x86-64.so.2 -- -p parser --latch auto true
	expect_status 126
	expect_line '/lib64/ld-linux-x86-64.so.2: Out of memory$'
}

@test "what can't be looked at isn't shown for that: --hide, and a home's dot entries" {
	local looks=lstat,openat2,readlink:error=ENOMEM
	mkdir dir
	echo secret >dir/file
	with_error "$looks" -P "$WORK/dir/file" -- --hide "$WORK/dir/file" --ro "$WORK/dir" cat dir/file
	expect_refused 'Out of memory$'
	run "$SBX" --config conf --hide "$WORK/dir/file" --ro "$WORK/dir" cat dir/file
	[ "$status" -ne 0 ]
	home_scratch .sbx-dot
	with_error "$looks" -P "$HOME_SCRATCH" -- --ro "$REAL_HOME" ls "$HOME_SCRATCH"
	expect_refused 'Out of memory$'
}
