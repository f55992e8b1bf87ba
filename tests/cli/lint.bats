#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The rules that lint holds: each is seen to fail.

load helper

room() { # ROOM INCLUDES... : a room with its header, which may include the rooms named
	mkdir -p "$1"
	printf '/*\n * %s -- a room.\n *\n * Includes: %s\n */\n' "$1" "${*:2}" >"$1/${1##*/}.h"
}

includes() {
	local files
	mapfile -t files < <(find . -name '*.[ch]' -printf '%P\n' | sort)
	run awk -f "$TESTS/lint/includes.awk" "${files[@]}"
}

@test "lint includes: rooms that include one way pass" {
	room loader/base shim
	room loader/run loader/base
	echo '#include "shim/err.h"' >loader/base/path.c
	echo '#include "loader/base/base.h"' >loader/run/wait.c
	includes
	expect_status 0
	[ -z "$output" ]
}

@test "lint includes: a room that the header doesn't list is refused" {
	room loader/base
	room loader/run
	echo '#include "loader/base/base.h"' >loader/run/wait.c
	includes
	expect_line 'loader/run/wait.c:1: loader/base/base.h: loader/run/run.h says nothing of loader/base'
}

@test "lint includes: a list that nothing uses is refused" {
	room loader/base
	room loader/run loader/base
	includes
	expect_line 'loader/run/run.h: lists loader/base and includes nothing of it'
}

@test "lint includes: a circle is refused, through a third room too; who only looks on is not named" {
	room conf/a conf/b
	room conf/b conf/c
	room conf/c conf/a conf/d
	room conf/d
	room conf/e conf/a
	for edge in a:b b:c c:a c:d e:a; do
		echo "#include \"conf/${edge#*:}/${edge#*:}.h\"" >>"conf/${edge%:*}/x.c"
	done
	includes
	[ "$(grep -c "includes itself" <<<"$output")" = 3 ]
	expect_no_line '^conf/[de]:'
}

@test "lint includes: a room without its header is refused, conf in loader and loader in shim as well" {
	mkdir -p loader/run shim
	echo '#include "conf/base/pool.h"' >loader/run/wait.c
	echo '#include "loader/run/wait.h"' >shim/err.c
	includes
	expect_line 'loader/run: no header loader/run/run.h'
	expect_line 'loader includes only loader and shim'
	expect_line 'shim includes only shim'
}
