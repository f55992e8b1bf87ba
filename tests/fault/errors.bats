#!/usr/bin/env bats
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
		expect_refused 'Cannot allocate memory' || return 1
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
