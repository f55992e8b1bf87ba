#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Named outputs: staged in a directory of their own and moved into place afterwards; the siblings are out of reach.

load helper

more_setup() {
	make_pdf in.pdf 'First text'
	# as long as the first: of two runs that write one file in place, as they would unwrapped, either text is whole
	make_pdf other.pdf 'Other text'
	echo sibling >sibling.txt
}

only_left() { # NAME... : the directory holds these and nothing else
	[ "$(ls -A | sort)" = "$(printf '%s\n' "$@" | sort)" ] || fail "there is: $(ls -A)"
}

@test "an output that doesn't exist" {
	run "$SBX" pdftotext in.pdf out.txt
	expect_status 0
	expect_output ""
	grep -q 'First text' out.txt
	only_left in.pdf other.pdf sibling.txt out.txt
	[ "$(stat -c %u:%a out.txt)" = "$(id -u):$(printf %o $((0666 & ~0$(umask))))" ]
}

@test "an output that exists is replaced" {
	echo old >out.txt
	run "$SBX" pdftotext in.pdf out.txt
	expect_status 0
	grep -q 'First text' out.txt
	run ! grep -q old out.txt
	only_left in.pdf other.pdf sibling.txt out.txt
}

@test "with args.out = file the output is made before, and --dry-run makes nothing" {
	run "$SBX" --set args.out=file --dry-run pdftotext in.pdf out.txt
	expect_status 0
	expect_line "out.txt <- a fresh empty file"
	only_left in.pdf other.pdf sibling.txt
	run "$SBX" --set args.out=file pdftotext in.pdf out.txt
	expect_status 0
	expect_output ""
	grep -q 'First text' out.txt
	only_left in.pdf other.pdf sibling.txt out.txt
}

@test "an output that the tool names itself" {
	run "$SBX" pdftotext in.pdf
	expect_status 0
	grep -q 'First text' in.txt
	only_left in.pdf other.pdf sibling.txt in.txt
}

@test "an output in another directory, absolute or relative" {
	mkdir -p deep/er
	run "$SBX" pdftotext in.pdf deep/er/out.txt
	expect_status 0
	grep -q 'First text' deep/er/out.txt
	run "$SBX" pdftotext "$PWD/in.pdf" "$PWD/deep/abs.txt"
	expect_status 0
	grep -q 'First text' deep/abs.txt
	cd deep
	run "$SBX" pdftotext ../in.pdf ../up.txt
	expect_status 0
	grep -q 'First text' ../up.txt
}

@test "standard output and input as output and input" {
	run "$SBX" pdftotext in.pdf -
	expect_status 0
	expect_line 'First text'
	only_left in.pdf other.pdf sibling.txt
	run bash -c '"$SBX" pdftotext - - <in.pdf'
	expect_line 'First text'
}

@test "an output in a directory that isn't there, or can't be written" {
	run "$SBX" pdftotext in.pdf absent/out.txt
	[ "$status" -ne 0 ]
	only_left in.pdf other.pdf sibling.txt
	is_root && return 0
	mkdir sealed
	chmod 555 sealed
	run "$SBX" pdftotext in.pdf sealed/out.txt
	chmod 755 sealed
	[ "$status" -ne 0 ]
	[ -z "$(ls -A sealed)" ]
}

@test "a tool that fails leaves no output and what was there before" {
	echo 'not a PDF' >bad.pdf
	run "$SBX" pdftotext bad.pdf out.txt
	local native
	native=$(pdftotext bad.pdf native.txt >/dev/null 2>&1; echo $?)
	expect_status "$native"
	[ -e native.txt ] || [ ! -e out.txt ]
	echo old >out.txt
	run "$SBX" pdftotext bad.pdf out.txt
	[ -e native.txt ] || [ "$(cat out.txt)" = old ]
}

@test "an output that is a symlink is written as it would be unwrapped, or refused: never redirected" {
	echo target >target.txt
	ln -s target.txt out.txt
	run "$SBX" pdftotext in.pdf out.txt
	if [ "$status" -eq 0 ]; then
		grep -q 'First text' out.txt
	fi
	[ -L out.txt ] || [ "$(cat target.txt)" = target ] || fail "both the link and its target changed"
}

@test "an output that is a symlink to a protected file changes nothing there" {
	home_canary
	ln -s "$CANARY" out.txt
	run "$SBX" pdftotext in.pdf out.txt
	grep -q 'the secret' "$CANARY"
	rm -f out.txt
	ln -s "$(dirname "$CANARY")/new" out.txt
	run "$SBX" pdftotext in.pdf out.txt
	[ ! -e "$(dirname "$CANARY")/new" ]
}

@test "a dangling symlink as output makes nothing elsewhere" {
	mkdir elsewhere
	ln -s elsewhere/new.txt out.txt
	run "$SBX" pdftotext in.pdf out.txt
	if [ "$status" -eq 0 ]; then
		grep -q 'First text' out.txt
	else
		[ ! -e elsewhere/new.txt ]
	fi
}

@test "the sibling of an output can't be read or changed" {
	run "$SBX" -p pdftotext --latch off sh -c 'read -r line <sibling.txt && echo "$line"
		echo *; echo x >sibling.txt' in.pdf out.txt
	expect_no_line '^sibling$'
	expect_no_line 'sibling.txt .*|other.pdf'
	[ "$(cat sibling.txt)" = sibling ]
}

@test "only the named output is moved into place, and only as a regular file" {
	run "$SBX" -p pdftotext "$TOOLS/exploit" in.pdf out.txt
	[ -f out.txt ]
	only_left in.pdf other.pdf sibling.txt out.txt
	cat >planter <<'END'
#!/bin/sh
echo x >planted
exec ln -s /etc/passwd "$2"
END
	chmod +x planter
	rm -f out.txt
	run "$SBX" -p pdftotext --latch off --rox /usr ./planter in.pdf out.txt
	expect_refused 'output'
	[ ! -e planted ]
	[ ! -L out.txt ] || fail "a symlink was moved into place"
}

@test "two runs at once into the same directory" {
	"$SBX" pdftotext in.pdf one.txt 3>&- &
	local one=$!
	"$SBX" pdftotext other.pdf two.txt 3>&- &
	local two=$!
	wait $one
	wait $two
	grep -q 'First text' one.txt
	grep -q 'Other text' two.txt
	only_left in.pdf other.pdf sibling.txt one.txt two.txt
}

# Status 0, or the word that another one came first: then what this run made is kept
delivered_or_told() { # STATUS STDERR
	[ "$1" = 0 ] || { [ "$1" = 125 ] && grep -q 'somebody else has made one meanwhile: it is not replaced (it is kept in' "$2"; } ||
		fail "$1: $(cat "$2")"
}

@test "twelve runs at once into the same output: one of them, whole, and the others are told" {
	local job i=0 status done=0
	local -A jobs=()
	for _ in 1 2 3 4 5 6; do
		for file in in.pdf other.pdf; do
			i=$((i + 1))
			"$SBX" pdftotext $file out.txt 3>&- 2>"$BATS_TEST_TMPDIR/said.$i" &
			jobs[$i]=$!
		done
	done
	for i in "${!jobs[@]}"; do
		status=0
		wait "${jobs[$i]}" || status=$?
		delivered_or_told $status "$BATS_TEST_TMPDIR/said.$i"
		[ $status != 0 ] || done=$((done + 1))
	done
	[ $done -ge 1 ]
	cmp -s out.txt <(pdftotext in.pdf -) || cmp -s out.txt <(pdftotext other.pdf -) || fail "$(cat out.txt)"
	[ "$(find . -name '.sbx-kept-*' | wc -l)" = $((12 - done)) ]
	rm -rf .sbx-kept-*
	only_left in.pdf other.pdf sibling.txt out.txt
}

@test "an output that somebody else removes and makes meanwhile is delivered, or the run fails" {
	local i status
	background bash -c 'while :; do rm -f out.txt; echo x >out.txt; done'
	for ((i = 0; i < 60; i++)); do
		status=0
		"$SBX" pdftotext in.pdf out.txt 2>"$BATS_TEST_TMPDIR/said" || status=$?
		delivered_or_told $status "$BATS_TEST_TMPDIR/said"
	done
	kill "$JOB"
	wait "$JOB" 2>/dev/null || true
	rm -rf .sbx-kept-*
}

@test "SIGKILL in the middle leaves what was there before" {
	echo old >out.txt
	cat >slow <<'END'
#!/bin/sh
echo partial >"$2"
echo started
read -r line
END
	chmod +x slow
	mkfifo hold
	exec {HOLD}<>hold
	"$SBX" -p pdftotext --latch off ./slow in.pdf out.txt <hold >started 3>&- &
	local wrapper=$!
	wait_until grep -q started started
	kill -9 $wrapper
	wait $wrapper || true
	[ -e in.pdf ]
	[ -e sibling.txt ]
	# a staged output isn't there yet; one that was there may be written in place
	rm -f out.txt
	"$SBX" -p pdftotext --latch off ./slow in.pdf new.txt <hold >started 3>&- &
	wrapper=$!
	wait_until grep -q started started
	kill -9 $wrapper
	wait $wrapper || true
	[ ! -e new.txt ] || fail "a partial output is in place"
	exec {HOLD}>&-
	# the next run works
	run "$SBX" pdftotext in.pdf new.txt
	expect_status 0
	grep -q 'First text' new.txt
}

@test "an input that lies in the output's directory can still be read" {
	mkdir d
	cp in.pdf d/
	run "$SBX" pdftotext d/in.pdf d/out.txt
	expect_status 0
	grep -q 'First text' d/out.txt
}

@test "a hostile name as output" {
	local name
	for name in $'new\nline.txt' 'a b.txt' "--" '-o' 'x;y' '$(z)'; do
		run "$SBX" pdftotext in.pdf "./$name"
		expect_status 0
		grep -q 'First text' "./$name" || fail "$name"
		rm -f "./$name"
	done
	only_left in.pdf other.pdf sibling.txt
}

@test "options with values are not taken for outputs" {
	run "$SBX" pdftotext -f 1 -l 1 -enc UTF-8 in.pdf out.txt
	expect_status 0
	grep -q 'First text' out.txt
	only_left in.pdf other.pdf sibling.txt out.txt
}
