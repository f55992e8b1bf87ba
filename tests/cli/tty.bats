#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Job control, windows and typing through a real terminal: tests/tools/ptyjob.py types, a real shell answers.

load helper

on_terminal() { # SCENARIO
	run "$PYTHON" "$TESTS/tools/ptyjob.py" "$1" "$SBX" "$TOOLS/syscalls"
	expect_status 0
}

@test "Ctrl-C ends the command with 130, Ctrl-\\ with 131" {
	on_terminal interrupt
}

@test "Ctrl-C ends a shell loop of wrapped commands" {
	on_terminal loop
}

@test "a target that handles Ctrl-C goes on" {
	on_terminal trap
}

@test "Ctrl-Z stops, fg and bg continue" {
	on_terminal stop
}

@test "Ctrl-Z before the command has begun" {
	on_terminal early
}

@test "Ctrl-Z and Ctrl-C before there is anybody but sbx-wrap, and seen when the command has long begun" {
	# kept from going on, once where it has blocked signals, once where it has cloned
	local late='strace -DDD -o /dev/null -e trace=clone,clone3,signalfd4 -e inject=signalfd4,clone,clone3:delay_exit=300000'
	$late true || skip "strace doesn't work here"
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$late" "$SBX" >late
	chmod +x late
	local scenario
	for scenario in early early_interrupt; do
		run "$PYTHON" "$TESTS/tools/ptyjob.py" $scenario "$PWD/late"
		expect_status 0
	done
}

@test "a target that stops itself is seen as stopped" {
	on_terminal self
}

@test "a background job can be stopped, continued and ended" {
	on_terminal background
}

@test "the window's size and its changes arrive" {
	on_terminal window
}

@test "typing arrives, /dev/tty works, and the terminal is the shell's again afterwards" {
	on_terminal typing
}

@test "under --as-pid-1: Ctrl-C, Ctrl-Z and the window" {
	local scenario
	printf '#!/bin/sh\nexec "%s" --as-pid-1 "$@"\n' "$SBX" >as-pid-1
	chmod +x as-pid-1
	for scenario in loop window typing; do
		run "$PYTHON" "$TESTS/tools/ptyjob.py" $scenario "$PWD/as-pid-1"
		expect_status 0
	done
}

@test "where Landlock can't scope signals the target has a group of its own, and nobody notices" {
	local scenario
	printf '#!/bin/sh\nexec "%s" "%s" --best-effort landlock "$@"\n' "$TOOLS/nolandlock" "$SBX" >own-group
	chmod +x own-group
	for scenario in interrupt loop stop early background self window typing; do
		run "$PYTHON" "$TESTS/tools/ptyjob.py" $scenario "$PWD/own-group"
		expect_status 0
	done
}

@test "the same under --as-pid-1, which shares the group and can't signal it" {
	local scenario
	printf '#!/bin/sh\nexec "%s" "%s" --best-effort landlock --as-pid-1 "$@"\n' "$TOOLS/nolandlock" "$SBX" >pid-1
	chmod +x pid-1
	for scenario in loop window typing; do
		run "$PYTHON" "$TESTS/tools/ptyjob.py" $scenario "$PWD/pid-1"
		expect_status 0
	done
	run sh -c "trap '' TERM; ./pid-1 -q sh -c 'kill -TERM 0' | cat; echo here"
	expect_line 'Operation not permitted'
	expect_line '^here'
}

@test "in place: Ctrl-C, Ctrl-Z, fg, bg and the window" {
	local scenario
	needs_in_place
	printf '#!/bin/sh\nexec "%s" --set "namespaces=[]" "$@"\n' "$SBX" >in-place
	chmod +x in-place
	for scenario in interrupt loop stop window typing; do
		run "$PYTHON" "$TESTS/tools/ptyjob.py" $scenario "$PWD/in-place"
		expect_status 0
	done
}
