#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Everyday commands that name an output, as they are typed, without an option of sbx-wrap's: tests/field/commands says
# what each comes to.

load field

setup_file() {
	PATH=/usr/bin:/bin
	field_fixture "$BATS_FILE_TMPDIR/fixture"
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
	umask 022
}

@test "coreutils" { field coreutils; }
@test "text" { field text; }
@test "archives" { field archives; }
@test "documents" { field documents; }
@test "pictures and sound" { field 'pictures and sound'; }
@test "keys" { field keys; }
@test "development" { field development; }
@test "data" { field data; }
