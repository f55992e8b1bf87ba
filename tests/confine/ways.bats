#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Directories that are there only as a way: what they hold outside isn't granted, and an empty list would be a wrong one.

load ../cli/helper

more_setup() {
	mkdir -p outer/work
	echo text >outer/work/file
	echo text >outer/beside
	cd outer/work || return 1
}

@test "a working directory that isn't granted isn't listed as empty" {
	run "$SBX" sh -c ls
	[ "$status" -ne 0 ] || fail "listed"
	expect_line 'Permission denied'
	run "$SBX" "$PYTHON" -c 'import os; os.listdir()'
	expect_line PermissionError
	run "$SBX" --ro . sh -c ls
	expect_status 0
	expect_output file
}

@test "nor is a directory above it" {
	local dir
	for dir in .. "$PWD/../.."; do
		run "$SBX" sh -c 'ls "$1"' sh "$dir/"
		expect_status 0 # an argument names it
		run "$SBX" sh -c "ls '$dir'"
		[ "$status" -ne 0 ] || fail "$dir is listed"
		expect_line 'Permission denied'
	done
}

@test "what only leads to something that is named keeps its mode: commands copy it" {
	mkdir way
	echo text >way/file
	run "$SBX" sh -c 'stat -c %a way && cat way/file' sh way/file
	expect_status 0
	expect_output $'755\ntext'
	chmod 710 way
	run "$SBX" sh -c 'stat -c %a way' sh way/file
	expect_output 710
}

@test "the way leads through all the same" {
	run "$SBX" sh -c '/bin/pwd && cd .. && cd work && cat file && cat ../work/file' sh file
	expect_status 0
	expect_output "$PWD"$'\ntext\ntext'
}
