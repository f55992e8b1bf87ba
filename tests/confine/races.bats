#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What somebody else does between two looks of the loader's: strace(1) holds it there.

load ../cli/helper

more_setup() {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
}

@test "what is hidden and away for a moment while a run is set up stays shut when it is back" {
	mkdir app
	echo SECRET >app/secret
	echo beside >app/beside
	background sh -c 'sleep 0.6; mv app/secret away; sleep 2; mv away app/secret'
	strace -o /dev/null -P "$PWD/app/secret" -e trace=lstat,newfstatat -e inject=lstat,newfstatat:delay_enter=1000000 \
		"$SBX" -q --set home=none --ro app --hide app/secret sh -c 'sleep 4; cat app/secret app/beside' >out 2>err || true
	wait "$JOB" # alone: bats keeps a job of its own for its time limit
	grep -qx beside out || fail "out: $(cat out err)"
	! grep -q SECRET out || fail "it was read"
	[ "$(cat app/secret)" = SECRET ]
}

@test "a directory that is put in the place of a fresh stage is neither read nor cleared" {
	only_root
	mkdir -p d/private
	chmod 700 d/private
	echo SECRET >d/private/keep
	chown 65534 d
	# the program as an argument, from within: the way to here may be closed to others
	cd d
	background setpriv --reuid=65534 --clear-groups "$PYTHON" -c "$(cat "$TESTS/tools/exchange.py")" \
		. .sbx-stage- private >../swapped 2>&1
	cd ..
	sleep 0.5
	strace -f -o /dev/null -e trace=mkdirat,mkdir -e inject=mkdirat:delay_exit=300000 \
		"$SBX" -q sh -c 'cat d/keep; echo x >d/out.txt' sh d/out.txt >out 2>err || true
	wait "$JOB"
	grep -q exchanged swapped || fail "$(cat swapped err)"
	! grep -q SECRET out || fail "it was read"
	[ "$(cat d/private/keep)" = SECRET ]
}
