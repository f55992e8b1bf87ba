#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which profile is for a command: by name, through symlinks, by path, by its first arguments, and when sbx-wrap is called
# under the command's name.

load helper

more_setup() {
	mkdir bin
	PATH=$WORK/bin:/usr/bin:/bin
	cat >my.conf <<-END
		profiles = {
			by-name = { match = [ "tool" ]; env = { drop = [ "...", "IS_PATH", "IS_WORDS" ]; }; };
			by-path = { match = [ "$WORK/bin/placed" ]; env = { drop = [ "...", "IS_NAME", "IS_WORDS" ]; }; };
			for-words = { match = [ "tool -m pip", "tool x*" ]; env = { drop = [ "...", "IS_NAME", "IS_PATH" ]; }; };
		};
	END
	# by what it lacks: a profile that gave it something would not be for any file that is called so
	export IS_NAME=name IS_PATH=path IS_WORDS=words
	cat >bin/tool <<-'END'
		#!/bin/sh
		chosen=${IS_NAME-}${IS_PATH-}${IS_WORDS-}
		[ "$chosen" != namepathwords ] || chosen=none
		echo "$chosen $*"
	END
	chmod 755 bin/tool
}

chosen() { # CMD ARG...: what the tool was told by its profile, and its arguments
	run "$SBX" -q -c my.conf "$@"
	expect_status 0
}

@test "a base name, and a default for everything else" {
	chosen tool a
	expect_output 'name a'
	cp bin/tool bin/other
	chosen other a
	expect_output 'none a'
}

@test "a link or a file of anybody's gives no other command's profile: an archive may have brought them" {
	only_user # root can't be told from the system
	echo 'profiles = { wide = { match = [ "cat" ]; net = "host"; }; };' >wide.conf
	profile() {
		run "$SBX" -c wide.conf --dry-run "$@"
		grep -m1 '^profile: ' <<<"$output"
	}
	mkdir x
	cp "$(command -v cat)" x/cat
	ln -s x/cat viewer
	ln -s "$(command -v cat)" systems
	ln -s /bin/ls x/y
	mv x/y x/ls
	[ "$(profile ./viewer)" = 'profile: default' ]
	[ "$(profile ./systems)" = 'profile: wide' ]
	[ "$(profile x/cat)" = 'profile: default' ]
}

@test "through symlinks, as update-alternatives and busybox have them" {
	only_root
	mkdir alternatives
	ln -s ../alternatives/alias bin/alias
	ln -s "$WORK/bin/tool" alternatives/alias
	chosen alias a
	expect_output 'name a'
	chosen "$WORK/bin/alias" a
	expect_output 'name a'
	cd bin
	run "$SBX" -q -c ../my.conf ./alias a
	expect_output 'name a'
}

@test "a path, and a path that a symlink leads to" {
	cp bin/tool bin/placed
	chosen placed
	expect_output 'path '
	mkdir elsewhere
	cp bin/tool elsewhere/placed
	chosen "$WORK/elsewhere/placed"
	expect_output 'none '
	ln -s "$WORK/bin/placed" elsewhere/link
	chosen "$WORK/elsewhere/link"
	expect_output 'path '
}

@test "the first arguments, with options in front of them" {
	chosen tool -m pip install
	expect_output 'words -m pip install'
	chosen tool -u -B -m pip
	expect_output 'words -u -B -m pip'
	chosen tool xf a.tar
	expect_output 'words xf a.tar'
}

@test "an option's value is skipped where the profile knows that it has one" {
	mkdir d
	echo x >d/file
	"$SBX" tar -C d -czf a.tgz file
	tar tzf a.tgz | grep -qx file
	mkdir e
	"$SBX" tar -C e -xzf a.tgz
	[ -e e/file ]
}

@test "what takes a value is what the profile's grammar says: the dashes of the pattern, = and args.flags count" {
	cat >my.conf <<-END
		profiles = {
			tool = { match = [ "tool" ]; env = { drop = [ "...", "IS_PATH", "IS_WORDS" ]; };
				args = { values = [ "-*W", "--long*" ]; flags = [ "-nW" ]; inputs = [ "-o", "within: -I" ]; }; };
			toolpip = { match = [ "tool -m pip" ]; env = { drop = [ "...", "IS_NAME", "IS_PATH" ]; }; };
		};
	END
	# each of these takes -m as its value; behind it stands an operand
	for option in -W -xW --long --longer -o; do
		chosen tool "$option" -m pip
		expect_output "name $option -m pip"
		chosen tool "$option" value -m pip
		expect_output "words $option value -m pip"
	done
	for option in --someW --long=value -nW -IW -x; do
		chosen tool "$option" -m pip
		expect_output "words $option -m pip"
	done
}

@test "an option that is looked for everywhere: not a value, not behind --, not in a group of options" {
	cat >my.conf <<-END
		profiles = {
			tool = { match = [ "tool" ]; env = { drop = [ "...", "IS_PATH", "IS_WORDS" ]; };
				args = { values = [ "-v", "--pages ... --" ]; }; };
			toolrm = { match = [ "tool ... --rm*" ]; env = { drop = [ "...", "IS_NAME", "IS_PATH" ]; }; };
		};
	END
	chosen tool --rm a
	expect_output 'words --rm a'
	chosen tool a -x --rm=all
	expect_output 'words a -x --rm=all'
	chosen tool --pages b 1 -- a --rm
	expect_output 'words --pages b 1 -- a --rm'
	chosen tool a -v --rm
	expect_output 'name a -v --rm'
	chosen tool a -- --rm
	expect_output 'name a -- --rm'
	chosen tool a -rm
	expect_output 'name a -rm'
}

@test "arguments behind others choose nothing: file names may come from an attacker" {
	chosen tool script.py -m pip
	expect_output 'name script.py -m pip'
	chosen tool -- xf
	expect_output 'name -- xf'
	chosen tool -m
	expect_output 'name -m'
	chosen tool - xf
	expect_output 'name - xf'
	chosen tool a xf
	expect_output 'name a xf'
	# xf might be the value of -v
	chosen tool -v xf
	expect_output 'name -v xf'
}

@test "--profile names one, whatever the command and its arguments" {
	chosen -p by-name tool -m pip
	expect_output 'name -m pip'
	chosen -p default tool
	expect_output 'none '
}

@test "--dry-run says which, and sbx-policy show chooses alike" {
	run "$SBX" -c my.conf --dry-run tool -m pip
	expect_line '^profile: for-words$'
	expect_line '^# profile for-words$'
	expect_line 'IS_NAME'
	run "$POLICY" show -c my.conf --name /some/where/tool
	expect_line '^# profile by-name$'
}

@test "--no-arg-grants: no argument grants anything" {
	echo text >file
	run "$SBX" cat file
	expect_output text
	run "$SBX" --no-arg-grants cat file
	[ "$status" -ne 0 ]
	expect_line 'No such file'
}

@test "called under a command's name, sbx-wrap runs that command of PATH, confined" {
	mkdir shims
	ln -s "$SBX" shims/cat
	echo text >file
	PATH=$WORK/shims:$PATH run cat file
	expect_output text
	PATH=$WORK/shims:$PATH run cat /proc/self/status
	expect_line '^NoNewPrivs:	1$'
	home_canary
	PATH=$WORK/shims:$PATH run cat "$CANARY"
	[ "$status" -ne 0 ]
	expect_no_line '^the secret'
	# what would be sbx-wrap's option is the command's
	PATH=$WORK/shims:$PATH run cat --help
	expect_line '^Usage: .*cat'
	PATH=$WORK/shims:$PATH run cat --version
	expect_line 'coreutils'
}

@test "called under a command's name: what the command takes for its own name" {
	mkdir shims
	ln -s "$SBX" shims/named
	# a shell takes its name from argv[0]
	cp /bin/bash bin/named
	PATH=$WORK/shims:$PATH run named -c 'echo "$0"'
	expect_output named
	run "$WORK/shims/named" -c 'echo "$0"'
	expect_output named
}

@test "called under a command's name: no loop" {
	mkdir shims more
	ln -s "$SBX" shims/cat
	ln -s "$WORK/shims/cat" more/cat
	echo text >file
	PATH=$WORK/shims:$WORK/more:$WORK/shims:$PATH run cat file
	expect_output text
	ln -s "$SBX" shims/no-such-command
	PATH=$WORK/shims:$WORK/more:$PATH run no-such-command
	expect_status 127
	expect_line 'no-such-command: No such file'
	# in front of a command whose shim comes first in PATH
	PATH=$WORK/shims:$PATH run "$SBX" cat file
	expect_output text
}
