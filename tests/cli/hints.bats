#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086  # an advice is words
# What a hint advises is done, to the letter, and the command runs: loader/cli/error_messages.c and others.

load helper

# The part of the hint behind "hint: " that looks like options, up to what follows them
advised() { # REGEX
	expect_line "^hint: .*$1" || return 1
	ADVICE=$(sed -nE "s/^hint: .*($1).*/\\1/p" <<<"$output" | head -n 1)
}

@test "a limit on open files that is too low" {
	run bash -c 'ulimit -n 8; exec "$SBX" true'
	expect_status 125
	advised 'ulimit -n'
	run bash -c 'ulimit -Sn 8; ulimit -n 256; exec "$SBX" true'
	expect_status 0
}

@test "a directory that is gone" {
	mkdir gone
	cd gone
	rmdir "$PWD"
	run "$SBX" true
	expect_status 125
	advised '--chdir'
	run "$SBX" $ADVICE / true
	expect_status 0
}

@test "the wall clock" {
	run "$SBX" --timeout 0.2s sleep 0.6
	expect_status 124
	advised '--timeout'
	run "$SBX" $ADVICE 20s sleep 0.6
	expect_status 0
}

@test "a call that the profile lacks: --try names it, seccomp.allow allows it" {
	local deny='seccomp.deny=["...", "uname"]'
	run "$SBX" --set "$deny" --set seccomp.action=kill uname
	expect_status 159
	advised '--try'
	run "$SBX" --set "$deny" $ADVICE uname
	expect_status 0
	expect_line '"uname"'
	run "$SBX" --set seccomp.action=log uname # without
	advised '--try'
	run "$SBX" --set seccomp.action=log $ADVICE uname
	expect_status 0
}

@test "a latch that is required and can't be: --latch off where the shim is gone" {
	mkdir copy
	cp "$BUILD/sbx-wrap" "$BUILD/sbx-policy" copy
	run copy/sbx-wrap -p pdfinfo true
	expect_status 125
	advised '--latch off'
	run copy/sbx-wrap -p pdfinfo $ADVICE true
	expect_status 0
}

@test "the compiler isn't beside the loader" {
	mkdir copy
	cp "$BUILD/sbx-wrap" copy
	local miss="env.set=[\"WORK=$WORK/$RANDOM\"]" # what no cache has
	run copy/sbx-wrap --set "$miss" true
	expect_status 125
	advised 'sbx-policy belongs beside sbx-wrap'
	cp "$BUILD/sbx-policy" "$BUILD/libsbx-shim.so" copy
	run copy/sbx-wrap --set "$miss" true
	expect_status 0
}

@test "a grant that an argument doesn't get" {
	mkdir sub
	echo secret >sub/id_rsa
	run "$SBX" cat sub/id_rsa
	[ "$status" -ne 0 ]
	advised '--ro [^ ]*id_rsa'
	run "$SBX" $ADVICE cat sub/id_rsa
	expect_output secret
}
