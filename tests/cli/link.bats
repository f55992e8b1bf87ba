#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sbx-policy link: directories of commands that are confined by their name.

load helper

@test "the links that are made run what they are called, confined" {
	run "$POLICY" link bin cat no-such-command
	expect_status 0
	expect_line "^$PWD/bin/cat -> $(command -v cat); not confined: PATH has it before"
	expect_line "^$PWD/bin/no-such-command -> no such command along PATH$"
	expect_line "^hint: PATH=$PWD/bin:.PATH puts the links first$"
	[ "$(readlink bin/cat)" = "$SBX" ]
	echo text >file
	run bin/cat file /etc/shadow
	expect_line '^text$'
	expect_line '^sbx-wrap: grant: /etc/shadow: a protected path'
	run env "PATH=$PWD/bin:$PATH" sh -c 'cat /etc/shadow'
	expect_line '^sbx-wrap: grant: /etc/shadow: a protected path'
}

@test "the hint, pasted, puts them first; then nothing is said of it" {
	run "$POLICY" link 'my bin' cat
	expect_line '^hint: '
	run bash -c "$(sed -n 's/^hint: \(.*\) puts.*/\1/p' <<<"$output"); \"\$POLICY\" link \"\$PWD/my bin\" cat; cat /etc/shadow"
	expect_line "^$PWD/my bin/cat -> $(command -v cat)$"
	expect_no_line '^hint: PATH'
	expect_line '^sbx-wrap: grant: /etc/shadow: a protected path'
}

@test "they are listed: of a directory, and of all of PATH" {
	"$POLICY" link bin ls cat
	touch bin/other
	run "$POLICY" link bin
	[ "${#lines[@]}" = 2 ] || fail "two links are there"
	PATH=$PWD/bin:$PATH run "$POLICY" link
	expect_line "^$PWD/bin/cat -> "
	expect_line "^$PWD/bin/ls -> "
	expect_no_line other
	run "$POLICY" link
	expect_output 'no directory of PATH has links to sbx-wrap; sbx-policy link DIR COMMAND... makes some'
	mkdir empty
	run "$POLICY" link empty
	expect_output "$PWD/empty has no links to sbx-wrap"
	run "$POLICY" link nowhere
	expect_status 1
	expect_line "^sbx-policy: link: $PWD/nowhere: No such file or directory$"
}

@test "nothing is replaced, and of several all are made or none" {
	mkdir bin
	echo mine >bin/cat
	run "$POLICY" link bin ls cat
	expect_status 1
	expect_line "^sbx-policy: link: $PWD/bin/cat: something else is there, and stays$"
	[ "$(cat bin/cat)" = mine ]
	[ ! -e bin/ls ]
	local name
	for name in '' a/b .. sbx-wrap; do
		run "$POLICY" link bin "$name"
		expect_status 1
		expect_line 'not the name of a command$'
	done
	run "$POLICY" link bin ls
	run "$POLICY" link bin ls
	expect_status 0
}
