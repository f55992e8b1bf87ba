#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2088  # the variables and ~ are those of the policy
# Variables in paths grant no more than an argument could: never a home, a top-level directory, or what is protected.

load ../cli/helper

# cat the file named last, with a policy that reads `fs.read`, and nothing else of the command's arguments.
read_with() { # PATH ARG...
	local path=$1
	shift
	run "$SBX" --set 'args.inputs=["1"]' --set "fs.read=[\"$path\"]" sh -c 'cat "$1"' sh "$@"
}

more_setup() {
	echo text >file
	mkdir -p dir/sub
	echo below >dir/sub/file
}

@test "ARG: the n-th argument of the command, a path below it, or one with a suffix" {
	read_with '$ARG(4)' file
	expect_output text || return 1
	read_with '$ARG(5)' "$PWD/file"
	[ "$status" -ne 0 ]
	expect_no_line '^text$'
	read_with '$ARG(5)/sub' dir/sub/file dir
	expect_output below
	read_with '$ARG(5)' dir/sub/file dir/..
	expect_output below
	echo journal >file-journal
	read_with '$ARG(5)-journal' file-journal file
	expect_output journal
	read_with '$ARG(5)-journal' file-journal file///
	expect_output journal
	run "$SBX" --set 'fs.read=["$ARG(4)"]' --no-arg-grants sh -c 'cat "$1"' sh file
	[ "$status" -ne 0 ]
}

@test "ARG: written where the policy says so, and read-only where an argument is only an input" {
	run "$SBX" --set 'fs.write=["$ARG(4)"]' sh -c 'echo new >"$1"' sh file
	expect_status 0
	[ "$(cat file)" = new ]
	run "$SBX" sh -c 'echo newer >"$1"' sh file
	[ "$status" -ne 0 ]
	[ "$(cat file)" = new ]
}

@test "ARG: one argument's grant is no other's" {
	not_written() { # PATH ARG...
		local path=$1
		shift
		run "$SBX" --set "fs.write=[\"$path\"]" sh -c 'echo new >"$0"' file "$@" # file is argument 3
		[ "$status" -ne 0 ] || fail "$path" || return 1
		[ "$(cat file)" = text ]
	}
	not_written '$ARG(4)' dir
	not_written '$ARG(4)' dir/../other
	not_written '$ARG(3)-journal' dir
	not_written '$ARG(3)/sub' dir
	not_written '$ARG(4)' '$ARG(3)'
	run "$SBX" --set 'fs.write=["$ARG(4)ile"]' sh -c 'echo new >"$0"' file f
	expect_status 0
	[ "$(cat file)" = new ]
}

@test "ARG: an argument that is absent, empty, an option, standard input or a URL grants nothing" {
	run "$SBX" --set 'fs.read=["$ARG(2)"]' echo ran
	expect_status 0
	expect_line '^ran$'
	expect_line '^sbx-wrap: grant: \$ARG\(2\): the command has no such argument, not granted$'
	run "$SBX" --set 'fs.read=["$ARG(1)"]' echo ''
	expect_line 'the argument is empty, not granted$'
	run "$SBX" --set 'fs.read=["$ARG(1).bak"]' echo -x
	expect_line '^sbx-wrap: grant: \$ARG\(1\).bak: the argument begins with -'
	local word
	for word in - http://example.com/x; do
		run "$SBX" --set 'fs.read=["$ARG(1)"]' echo "$word"
		expect_status 0
		expect_output "$word"
	done
	run "$SBX" --set 'fs.read=["$ARG(1)", "$ARG(7)"]' --set 'fs.optional=["...", "$ARG(1)", "$ARG(7)"]' echo nothing/there
	expect_output nothing/there
}

@test "ARG: what is protected is not granted, however it is named" {
	home_canary
	local word
	ln -s "$CANARY" link
	ln -s "$HOME_SCRATCH" dirlink
	for word in "$CANARY" "$REAL_HOME" / /etc /etc/shadow /../etc "$REAL_HOME//" link dirlink/secret dir/../link; do
		run "$SBX" --set 'fs.read=["$ARG(5)"]' --set 'fs.write=["$ARG(5)"]' --set 'args.inputs=["9"]' \
			sh -c 'cat "$1"; ls -A "$2"' sh "$CANARY" "$word"
		expect_no_line '^the secret' || return 1
		expect_line ', not granted$' || return 1
	done
	# ... and the name itself is what protects it
	mv "$HOME_SCRATCH" "$REAL_HOME/sbx-plain.$$"
	HOME_SCRATCH=$REAL_HOME/sbx-plain.$$
	is_root || {
		read_with '$ARG(4)' "$HOME_SCRATCH/secret"
		expect_line '^the secret'
	}
	run "$SBX" --ro "$HOME_SCRATCH" cat "$HOME_SCRATCH/secret"
	expect_line '^the secret'
}

@test "ARG: a name with newlines is a name; one with variables in it is not expanded" {
	local name=$'a\nsbx-wrap: grant: b'
	echo odd >"$name"
	read_with '$ARG(4)' "$name"
	expect_output odd
	rm "$name"
	read_with '$ARG(4)' "$name"
	expect_no_line '^sbx-wrap: grant: b'
	home_canary
	read_with '$ARG(4)' "~/${HOME_SCRATCH##*/}/secret"
	[ "$status" -ne 0 ]
	echo literal >'$UID'
	read_with '$ARG(4)' '$UID'
	expect_output literal
}

@test "ARG: a socket or a device is not granted" {
	"$PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
	run "$SBX" --set 'fs.write=["$ARG(1)"]' echo sock
	expect_line 'neither a file nor a directory, not granted$'
}

@test "home: ~ and HOME are the passwd database's, and grant nothing with a dot" {
	home_scratch sbx-variables
	echo plain >"$HOME_SCRATCH/file"
	local name=${HOME_SCRATCH##*/} variable
	for variable in '~' '$HOME'; do
		HOME=/nonexistent run "$SBX" --set "fs.read=[\"$variable/$name\"]" cat "$HOME_SCRATCH/file"
		expect_output plain
		run "$SBX" --set "fs.read=[\"$variable/.$name\"]" true
		expect_refused 'a dot file of a home directory, which no variable may grant; write the path out' || return 1
	done
}

@test "home: one that is reached through a symlink is like any other" {
	only_root
	mkdir -p data/me/plain data/me/dotfiles data/me/.config
	ln -s data homes
	ln -s dotfiles data/me/.secret
	for name in plain dotfiles .config; do
		echo "$name" >"data/me/$name/file"
	done
	export HOMES=$WORK/homes
	with_own_etc '
		sed -i "s|^\(root:[^:]*:0:0:[^:]*\):[^:]*|\1:$HOMES/me|" /etc/passwd
		for name in plain dotfiles .config; do
			"$SBX" --set "fs.read=[\"~/$name\"]" cat "$HOMES/me/$name/file"
			"$SBX" cat "$HOMES/me/$name/file" || echo "$name not granted"
		done
		"$SBX" --set "fs.read=[\"~\"]" true'
	[ "$(grep -c '^plain$' <<<"$output")" = 2 ]
	expect_no_line '^(dotfiles|\.config)$'
	expect_line '"~/dotfiles": what a dot file of a home directory leads to, which no variable may grant'
	expect_line '"~/.config": a dot file of a home directory, which no variable may grant'
	expect_line '"~": that is a whole home'
	expect_line '^dotfiles not granted'
	expect_line '^\.config not granted'
}

@test "home: what is protected is refused through a variable, and granted when it is written out" {
	home_canary
	local name=${HOME_SCRATCH##*/}
	ln -s "$HOME_SCRATCH" "$REAL_HOME/sbx-variable.$$"
	for path in "~/$name" "~/$name/secret" '$HOME/'"$name" "~/sbx-variable.$$" "~/sbx-variable.$$/secret"; do
		run "$SBX" --set "fs.read=[\"$path\"]" cat "$CANARY"
		expect_refused 'fs.read: ".*": (a dot file of a home directory|a protected path), which no variable may grant; write the path out' ||
			{ rm "$REAL_HOME/sbx-variable.$$"; return 1; }
	done
	rm "$REAL_HOME/sbx-variable.$$"
	run "$SBX" --set "fs.read=[\"$CANARY\"]" cat "$CANARY"
	expect_line '^the secret'
	# hiding grants nothing, so variables may name anything
	run "$SBX" --set "fs.read=[\"$HOME_SCRATCH\"]" --set "fs.hide=[\"~/$name/secret\"]" cat "$CANARY"
	[ "$status" -ne 0 ]
	expect_no_line '^the secret'
}

@test "PWD: an own private directory in it is no directory of the host" {
	mkdir tmp
	run "$SBX" --set 'fs.write=["$PWD/dir"]' --set 'fs.tmpfs=["$PWD/tmp"]' sh -c 'echo x >tmp/private && cat tmp/private; echo y >dir/kept'
	expect_output x
	[ ! -e tmp/private ]
	[ "$(cat dir/kept)" = y ]
}

@test "PWD: lists add up" {
	run "$SBX" --set 'fs.write=["$PWD/dir"]' --set 'fs.read=["$PWD/dir/sub", "$PWD"]' sh -c 'echo y >dir/sub/new; echo z >new'
	[ "$(cat dir/sub/new)" = y ]
	[ ! -e new ]
}

@test "a sanitized program doesn't look for leaks, which is told, and ends as it would" {
	gcc -fsanitize=address -x c -o sanitized - <<<'int main(void) { return 0; }'
	run --separate-stderr "$SBX" ./sanitized
	expect_status 0
	expect_stderr '^sbx-wrap: environment: sanitized: detect_leaks=0: '
	run env ASAN_OPTIONS=exitcode=7 "$SBX" -q sh -c 'echo "$ASAN_OPTIONS"'
	expect_output 'exitcode=7' # which is no such program
	gcc -fsanitize=address -x c -o faulty - <<-'END'
		#include <stdlib.h>
		int main(int argc, char **argv) { volatile char *p = malloc(1); return p[argc + 7]; }
	END
	run env ASAN_OPTIONS=exitcode=7 "$SBX" -q ./faulty # it looks for all else, as it was told
	expect_status 7
}
