#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Commands that start another one: its arguments mean what they mean to that one, and the fence stays their own.

load helper

more_setup() {
	echo text >file
	mkdir sub
}

# The same status, output and files, plain and wrapped.
alike() { # CMD...
	local status=0
	(cp -r "$WORK" "$WORK.plain" && cd "$WORK.plain" && "$@" >"$WORK.out" && ls -R >>"$WORK.out") || status=$?
	run bash -c '"$@" && ls -R' bash "$SBX" "$@"
	expect_status $status
	expect_output "$(cat "$WORK.out")"
	rm -rf "$WORK.plain"
}

@test "what is started reads and writes what it does by itself" {
	alike env ls
	alike env -u HOME A=1 B=2 ls -l file
	alike nice -n 1 find . -name file
	alike timeout -k 1 9 mkdir -p new/er
	alike stdbuf -oL -e 0 cp -r sub copy
	alike ionice -c 3 mv file moved
	alike nice env A=1 timeout 9 rm -r sub
	alike nohup rm moved
}

@test "a name that is no command's is left to the command that starts" {
	run -127 "$SBX" env no-such-command-here file
	run "$SBX" env -C sub cp ../file there
	[ "$status" -ne 0 ]
}

@test "names that come by standard input are looked for in the working directory" {
	run bash -c 'echo file | "$SBX" xargs cat'
	expect_status 0
	expect_output text
	run bash -c 'echo file | "$SBX" xargs rm -f'
	[ "$status" -ne 0 ] || fail "nothing was removed, with status 0"
	[ -e file ]
}

@test "its profile counts for its arguments alone" {
	printf 'all:\n\techo made >made\n' >Makefile
	run "$SBX" -v nice make
	[ "$status" -ne 0 ]
	[ ! -e made ]
	expect_line 'profile nice,'
	expect_line '^sbx-wrap: policy: .*nice: has the profile nice, not make, and so has what it starts$'
	expect_line '^hint: nice \.\.\. sbx-wrap make \.\.\.$'
	run nice "$SBX" make
	expect_status 0
	[ -e made ]
}

@test "a file of the caller's own is executed, too" {
	printf '#!/bin/sh\necho started $1\n' >tool
	chmod 755 tool
	run "$SBX" timeout 9 ./tool here
	expect_status 0
	expect_output 'started here'
}

@test "a file that is only called so is no command" {
	cp /bin/rm rm
	cp /usr/bin/nice nice
	run "$SBX" nice ./rm file
	[ -e file ] || fail "removed by ./rm"
	run "$SBX" ./nice rm file
	[ -e file ] || fail "removed by ./nice"
	run "$SBX" nice rm file
	expect_status 0
	[ ! -e file ]
}
