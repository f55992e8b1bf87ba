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
	(sleep 0.6 && mv app/secret away && sleep 2 && mv away app/secret) 3>&- &
	strace -o /dev/null -P "$PWD/app/secret" -e trace=lstat,newfstatat -e inject=lstat,newfstatat:delay_enter=1000000 \
		"$SBX" -q --set home=none --ro app --hide app/secret sh -c 'sleep 4; cat app/secret app/beside' >out 2>err || true
	wait
	grep -qx beside out || fail "out: $(cat out err)"
	! grep -q SECRET out || fail "it was read"
	[ "$(cat app/secret)" = SECRET ]
}
