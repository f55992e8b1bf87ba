#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a run that is killed leaves of its outputs.

load ../cli/helper

@test "a run that is killed leaves its stage, also in a sticky directory of root's, and the next run removes it" {
	local dir=/tmp out stage
	if is_root || [ "$(stat -c %u:%a /tmp)" != 0:1777 ]; then
		mkdir -m 1777 "$PWD/sticky"
		dir=$PWD/sticky
	fi
	out=$dir/sbx-$(basename "$BATS_RUN_TMPDIR").txt
	mkfifo hold
	exec {HOLD}<>hold
	printf '#!/bin/sh\n: >"$2"; read -r line\n' >job
	chmod +x job
	background bash -c 'exec "$SBX" -p pdftotext ./job in.pdf "$0" <hold' "$out"
	wait_until staged "$dir" "$(basename "$out")"
	stage=$(staged "$dir" "$(basename "$out")")
	kill -9 "$JOB"
	wait "$JOB" || true
	[ -e "$stage" ] || fail "nothing is left"
	[ ! -e "$out" ]
	exec {HOLD}>&-
	run "$SBX" -p pdftotext ./job in.pdf "$out" <<<end
	expect_status 0
	[ -e "$out" ]
	rm "$out"
	[ ! -e "$(dirname "$stage")" ] || fail "it is left"
}
staged() { # DIR NAME: where the file stands until it is moved into place
	find "$1" -maxdepth 2 -user "$(id -u)" -path "$1/.sbx-stage-*/$2" 2>/dev/null | grep .
}
