#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Outputs that no grammar names: what isn't there and looks like one. Beside each what stays out of reach.

load ../cli/helper

more_setup() {
	echo in >in.txt
	echo old >old.txt
	mkdir sub
	# Nobody knows its name, so it gets the default policy.
	printf '#!/bin/sh\necho made >"$FILE"\n' >tool
	chmod +x tool
}

# The file is made, and nothing is left beside it
delivers() { # FILE ARGUMENT...
	local file=$1
	shift
	FILE=$file run "$SBX" ./tool "$@"
	expect_status 0
	[ "$(cat "$file")" = made ] || fail "$file: $*"
	rm "$file"
	[ -z "$(find . -name '.sbx-*')" ] || fail "left: $(ls -A)"
}

# The command can't make it, as it learns itself; or what it made in the stage of another one is kept aside
refuses() { # FILE ARGUMENT...
	local file=$1
	shift
	FILE=$file run "$SBX" ./tool "$@"
	[ "$status" = 2 ] || expect_refused 'not a named output \(it is kept in'
	[ "$(cat old.txt)" = old ] || fail "$file, with $*"
	rm -rf .sbx-kept-*
}

@test "a word with a slash or an extension, the last operand, and what follows -o and its like" {
	delivers new.csv new.csv x
	delivers new ./new x
	delivers sub/new sub/new x
	delivers new x new
	for option in -o -O -f -out --out --output --outfile; do
		delivers new "$option" new x 7
	done
	for word in --output=new --out=new of=new; do
		delivers new "$word" x 7
	done
	delivers new.txt -onew.txt x 7
	delivers "$PWD/new.csv" "$PWD/new.csv" x
	delivers 'sub/with space.txt' 'sub/with space.txt' x
	refuses new
	refuses new new x 7
	refuses new -x new 7
}

@test "what exists is not changed, and what nobody named is not made" {
	for file in old.txt sub/../old.txt; do
		refuses "$file" new.csv
	done
	[ ! -e new.csv ]
	refuses other.txt new.csv
	refuses sub/x.txt x
	refuses ../x.txt x
	refuses absent/x.txt absent/x.txt
}

@test "a name that is designated and not made is no error, and neither is a number, a program text or a URL" {
	for word in new.csv ./new sub/new new 7 http://host/x.txt a=b.txt; do
		run "$SBX" true "$word"
		expect_status 0
		expect_output ''
		[ "$(ls -A)" = $'in.txt\nold.txt\nsub\ntool' ] || fail "$word: $(ls -A)"
	done
	run "$SBX" sh -c 'echo x >out.bin'
	expect_status 2
	expect_line 'Read-only file system'
}

@test "a directory that can be read as a whole stays what it is" {
	run "$SBX" sh -c 'ls -i; ls' sh . new.csv
	expect_line "^ *$(stat -c %i in.txt) in.txt\$"
	run "$SBX" --ro . sh -c 'ls -i' sh new.csv
	expect_line "^ *$(stat -c %i in.txt) in.txt\$"
	# but for what surely is an output
	run "$SBX" sh -c 'cat in.txt; echo made >$3' sh . -o new.csv
	expect_status 0
	expect_output in
	[ "$(cat new.csv)" = made ]
}

@test "where a write is private, a named output is delivered all the same, and the rest is private as before" {
	local name=sbx-designation-$$-$RANDOM
	run "$SBX" sh -c 'echo made >$1; echo x >/tmp/other' sh "/tmp/$name.txt"
	expect_status 0
	expect_output ''
	[ "$(cat "/tmp/$name.txt")" = made ]
	rm "/tmp/$name.txt"
	[ ! -e /tmp/other ] || [ "$(cat /tmp/other)" != x ]
}

@test "protected names are never designated" {
	[ -w "$REAL_HOME" ] || skip "the home $REAL_HOME is not writable"
	local made=
	[ -d "$REAL_HOME/.ssh" ] || { mkdir "$REAL_HOME/.ssh" && made=1; }
	run "$SBX" sh -c 'echo x >$1' sh "$REAL_HOME/.ssh/sbx-new"
	[ -z "$made" ] || rmdir "$REAL_HOME/.ssh"
	[ "$status" != 0 ]
	expect_line '^sbx-wrap: .*\.ssh'
	[ ! -e "$REAL_HOME/.ssh/sbx-new" ]
}

@test "a link in the private /tmp to what is refused: the output isn't written beside it and lost" {
	local name shown
	home_canary
	shown=$(mktemp -d /tmp/sbx-lost.XXXXXX)
	echo new >"$shown/file"
	ln -s "$CANARY" "$shown/link"
	ln -s "$HOME_SCRATCH/absent" "$shown/nowhere"
	for name in link nowhere; do
		run "$SBX" cp "$shown/file" "$shown/$name"
		expect_refused 'not granted: what is written there would be lost' || break
	done
	rm -r "$shown"
	[ "$name" = nowhere ]
	[ "$status" = 125 ]
	[ "$(cat "$CANARY")" = "the secret of $REAL_HOME" ]
}

@test "a named output that would be lost in the private home is refused" {
	[ -w "$REAL_HOME" ] || skip "the home $REAL_HOME is not writable"
	local name=$REAL_HOME/.sbx-designation-$$
	for line in "tee $name" "touch $name" "cp in.txt $name" "sort in.txt -o $name" "mkdir $name" "./tool -o $name"; do
		# shellcheck disable=SC2086  # words
		run "$SBX" $line </dev/null
		expect_refused 'a dot file of a home directory, not granted: what is written there would be lost'
		expect_no_line '^hint: --rw'
		[ ! -e "$name" ] || { rm -rf "$name" && fail "$line"; }
	done
	echo mine >"$name"
	run "$SBX" --rw "$name" tee "$name" <in.txt
	[ "$(cat "$name")" = in ] || status=1
	rm "$name"
	expect_status 0
}

@test "in a home, what has no dot is delivered and read, root's too" {
	[ -w "$REAL_HOME" ] || skip "the home $REAL_HOME is not writable"
	home_scratch sbx-designation
	run "$SBX" cp in.txt "$HOME_SCRATCH/new.txt"
	expect_status 0
	expect_output ''
	run "$SBX" cat "$HOME_SCRATCH/new.txt"
	expect_output in
	run "$SBX" ls -A "$REAL_HOME"
	expect_line 'a (whole home|top-level) directory, not granted'
}

@test "a stage that nothing came of leaves its directory's time as it was" {
	local time='2021-03-04 05:06:07.000000000'
	for line in 'echo hi' 'true new.csv' 'touch in.txt' 'cp nowhere new'; do
		touch -d "$time" .
		# shellcheck disable=SC2086  # words
		run "$SBX" $line
		[[ $(stat -c %y .) = "$time"* ]] || fail "$line: $(stat -c %y .)"
	done
	run "$SBX" touch new
	[[ $(stat -c %y .) != "$time"* ]]
	touch -d "$time" .
	run "$SBX" sh -c 'echo x >new' sh . new
	run "$SBX" rm new
	[[ $(stat -c %y .) != "$time"* ]]
}

@test "what the sandbox has a copy of its own of is the host's where it is named" {
	run "$SBX" cat /etc/passwd
	expect_output "$(cat /etc/passwd)"
	run "$SBX" cp /etc/group new
	expect_status 0
	cmp /etc/group new
	run "$SBX" sh -c 'cat /etc/passwd'
	[ "$(wc -l <<<"$output")" -lt 4 ]
	run "$SBX" --hide /etc/passwd cat /etc/passwd
	expect_status 1
	run "$SBX" cat /etc/shadow
	expect_line '^hint: --ro /etc/shadow'
	expect_status 1
}

@test "parsers designate nothing" {
	FILE=new.csv run "$SBX" -p parser ./tool new.csv
	[ "$status" != 0 ]
	[ ! -e new.csv ]
	[ -z "$(find . -name '.sbx-*')" ]
}

@test "what only leads to the current directory is read-only" {
	mkdir -p sub/deep
	cd sub/deep
	for file in ../x ../../x; do
		run "$SBX" sh -c "echo x >$file"
		expect_status 2
		expect_line 'Read-only file system'
	done
	run "$SBX" sort -o ../sorted.txt ../../in.txt
	expect_status 0
	[ "$(cat ../sorted.txt)" = in ]
}

@test "nor can the way to a directory that is granted in the home be written" {
	[ "$REAL_HOME" != /root ] || skip "only as an unprivileged user"
	home_scratch sbx-way
	mkdir "$HOME_SCRATCH/proj"
	cd "$HOME_SCRATCH/proj"
	printf 'all:\n\techo x >../built.txt\n' >Makefile
	run "$SBX" make
	expect_status 2
	expect_line 'Read-only file system'
}
