#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A sample of `make fault`, another one each time: $SEED repeats one.

load ../cli/helper

@test "a system call that fails makes no run weaker" {
	own_home # its cache is spoilt on purpose
	run env COUNT=200 "$PYTHON" "$TESTS/fault/drive.py"
	expect_status 0
	expect_line '^[0-9]+ runs at [0-9]+ places: [0-9]+ the same, [0-9]+ refused, 0 weaker, 0 hung$'
}
