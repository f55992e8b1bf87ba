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

make_many() { # many IN OUT N: gives its output N more names
	gcc -w -x c -o many - <<'CODE'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int c, char **v)
{
	char name[256];
	int i = 0;

	close(open(v[2], O_WRONLY | O_CREAT, 0644));
	for (; i < atoi(v[3]); i++) {
		snprintf(name, sizeof(name), "%0240d", i);
		if (link(v[2], name) < 0 && symlink("x", name) < 0)
			break;
	}
	printf("%d\n", i);
	return 0;
}
CODE
}

@test "an output with very many names costs no memory" {
	make_many
	run bash -c 'ulimit -v 16000; exec "$SBX" -q -p pdftotext ./many in.pdf out.txt 30000'
	expect_status 0
	expect_line '^30000$'
	[ -e out.txt ]
	[ "$(find . -mindepth 1 | wc -l)" = 2 ] || fail "there is more"
}

# The N-th CALL of sbx-wrap itself brings it the signal; the run before has made none of these calls.
at_call() { # CALL WHAT COMMAND...
	rm -f trace
	run timeout -s KILL 120 strace -qq -o trace -e trace="$1" -e inject="$1:$2" "$SBX" "${@:3}"
}
more_setup() {
	CONF=$BATS_TEST_TMPDIR/ends.conf
	export CONF
	cat >"$CONF" <<-'CONF'
		profiles = { pages = { args = { values = [ "-c" ]; outputs = [ "1#.{png}" ]; }; }; };
	CONF
	chmod 600 "$CONF"
}
PAGES='i=0; while [ $((i += 1)) -le 60 ]; do echo $i >$0-$i.png; done'
pages() { find "$@" -name 'page-*.png' | wc -l; }

@test "a signal ends the delivery: what isn't in place is kept and told, and can be restored" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	local name
	for name in INT TERM HUP QUIT; do
		mkdir $name && cd $name
		at_call renameat2 "signal=$name:when=20" -c "$CONF" -p pages sh -c "$PAGES" page
		[ "$status" = $((128 + $(kill -l $name))) ] || fail "$name: another status"
		grep -q "killed by SIG$name" trace || fail "$name: another end: $(tail -n 1 trace)"
		expect_line '^sbx-wrap: output: .*: not all that the command made is in place \(it is kept in \.sbx-kept-[0-9a-f]{16}\)$'
		expect_line '^hint: sbx-policy kept list'
		[ "$(pages . -maxdepth 1)" = 20 ] || fail "$name: $(ls -A)"
		[ "$(pages .sbx-kept-*)" = 40 ] || fail "$name: $(ls -A .sbx-kept-*)"
		[ -z "$(find . -name '.sbx-stage-*')" ]
		run "$POLICY" kept restore "$PWD"/.sbx-kept-*
		expect_status 0
		[ "$(pages . -maxdepth 1)" = 60 ] || fail "$name: $(ls -A)"
		[ -z "$(find . -name '.sbx-*')" ]
		cd ..
	done
}

@test "a signal that is ignored, or blocked, ends no delivery" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	local how
	for how in 'signal(signal.SIGTERM, signal.SIG_IGN)' 'pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])'; do
		run timeout -s KILL 120 "$PYTHON" -c "import os, signal, sys
signal.$how
os.execvp(sys.argv[1], sys.argv[1:])" strace -qq -o trace -e inject=renameat2:signal=TERM:when=20 \
			"$SBX" -c "$CONF" -p pages sh -c "$PAGES" page
		expect_status 0
		[ "$(pages .)" = 60 ]
		rm page-*
	done
}

@test "a signal before anything is delivered: all is kept, but nothing that is sbx's own" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	echo old >page-1.png
	echo in >in
	at_call fchmod signal=TERM:when=1 -c "$CONF" -p pages --ro in sh -c 'cat in; echo new >$0-2.png' page
	expect_status 143
	[ "$(cat page-1.png)" = old ] && [ ! -e page-2.png ]
	[ "$(cd .sbx-kept-* && find . -mindepth 1)" = ./page-2.png ] || fail "$(find .)"
	rm -r .sbx-kept-*
	at_call fchmod signal=TERM:when=1 -c "$CONF" -p pages --ro in sh -c 'echo more >>$0-1.png' page
	expect_status 143
	[ "$(cat page-1.png)" = $'old\nmore' ]
	[ -z "$(find . -name '.sbx-*')" ] || fail "$(find .)"
}

@test "a signal while files are removed: the others stay, and are told" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	local files
	mapfile -t files < <(seq -f 'f%02g' 60)
	touch "${files[@]}"
	at_call unlinkat signal=TERM:when=20 rm "${files[@]}"
	expect_status 143
	[ "$(find . -name 'f*' | wc -l)" = 40 ] || fail "$(ls -A)"
	expect_line '^sbx-wrap: output: .*/f21: removed by the command, but sbx-wrap was ended before: it stays$'
	expect_line '^sbx-wrap: output: and 35 more$'
	[ -z "$(find . -name '.sbx-*')" ]
}

@test "a signal while the stage is removed: the outputs are in place, the next run removes the rest" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	make_many
	at_call unlinkat signal=TERM:when=100 -p pdftotext ./many in.pdf out.txt 300
	expect_status 143
	expect_line '^sbx-wrap: output: Terminated: not all of .*/\.sbx-stage-[0-9a-f]{16} is removed$'
	[ -e out.txt ]
	[ -n "$(ls .sbx-stage-*)" ] || fail "nothing is left"
	run "$SBX" -p pdftotext ./many in.pdf other.txt 1
	[ -z "$(find . -name '.sbx-*')" ] || fail "it is left: $(ls -A)"
}

@test "--timeout ends the delivery as well" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	at_call renameat2 delay_enter=7000000:when=20 --timeout 5 --set limits.grace=1ms -c "$CONF" -p pages sh -c "$PAGES" page
	expect_status 124
	expect_line '^sbx-wrap: output: .*: the time is up: not all that the command made is in place \(it is kept in \.sbx-kept-[0-9a-f]{16}\)$'
	expect_line '^sbx-wrap: limits: wall: limit 5s reached while outputs were moved into place$'
	[ "$(pages . -maxdepth 1)" = 20 ] || fail "$(ls -A)"
	[ "$(pages .sbx-kept-*)" = 40 ]
}

@test "SIGKILL in the middle of the delivery: what was there stays, the next run removes what is left, in sticky directories too" {
	strace -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	local mode
	for mode in 755 1777; do
		mkdir -m $mode $mode && cd $mode
		echo old >page-60.png
		at_call renameat2 signal=KILL:when=20 -c "$CONF" -p pages sh -c "rm \$0-60.png; $PAGES" page
		[ "$(cat page-60.png)" = old ] || [ "$(cat page-60.png)" = 60 ] || fail "$mode: it is neither the old one nor the new one"
		[ "$(pages .sbx-stage-*)" -ge 40 ] || fail "$mode: nothing is left: $(ls -A)"
		run "$SBX" -c "$CONF" -p pages sh -c "$PAGES" page
		expect_status 0
		[ "$(pages .)" = 60 ]
		[ -z "$(find . -name '.sbx-*')" ] || fail "$mode: it is left: $(ls -A)"
		cd ..
	done
}
