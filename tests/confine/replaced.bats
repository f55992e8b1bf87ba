#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the host replaces during a run, as mv, git and editors do: rename(2) over a mount point takes the mount away.

load ../cli/helper

more_setup() {
	mkdir -p app/sub/deep app/other own
	echo old >app/secret
	echo safe >app/config
	echo deep >app/sub/deep/secret
	echo beside >app/sub/beside
	echo other >app/other/file
	ln -s secret app/link
	ln -s config app/named
	export APP=$PWD/app
}

# Run the script $2, which tries the same twice; in between the host runs $1. The rest are options.
around() { # HOST SCRIPT OPTION...
	local host=$1 script=$2
	shift 2
	rm -f out
	mkfifo go
	exec 7<>go
	# shellcheck disable=SC2016  # expanded inside
	# a private home above would be a writable directory: the last but one test
	"$SBX" --set "home=${PRIVATE_HOME:-none}" "$@" sh -c 'eval "$1"; echo ready; read -r _; eval "$1"' sh "$script" <go >out 2>&1 3>&- &
	JOB=$! JOBS=$!
	wait_until grep -q '^ready$' out
	eval "$host"
	echo >&7
	exec 7>&-
	wait "$JOB" || true
	rm go
	output=$(cat out)
	status=0
}

replace='echo NEW >new; mv new app/secret'
look='cat "$APP/secret" "$APP/link"; cat "$APP/config" "$APP/named" "$APP/sub/beside" "$APP/other/file"; ls "$APP" | tr "\n" " "; echo'

@test "below a read-only grant, what is hidden stays so" {
	# shellcheck disable=SC2089,SC2090  # the quotes are libconfig's
	for options in "--ro $APP --hide $APP/secret" "--rox $APP --hide $APP/secret" "--ro $PWD --hide $APP/secret" \
		"--ro $APP --set fs.protect=[\"$APP/secret\"]" "--ro $APP --set fs.hide=[\"$APP/secret\"]"; do
		# shellcheck disable=SC2086,SC2090  # these are several
		around "$replace" "$look" $options
		expect_no_line '^(old|NEW)$' || return 1
		[ "$(grep -cE '^(safe|beside|other)$' out)" = 8 ] || fail "not all that is granted: $options" || return 1
		[ "$(grep -cE '^config link named other secret sub *$' out)" = 2 ] || fail "not listed: $options" || return 1
		expect_no_line 'replaced on the host' || return 1
	done
	# the mount was taken away: without the hiding it is seen
	around "$replace" "$look" --ro "$APP"
	expect_line '^NEW$'
}

@test "deep in a tree, and a directory in its place" {
	# shellcheck disable=SC2016  # expanded inside
	look='cat "$APP/sub/deep/secret"; cat "$APP/config" "$APP/sub/beside" "$APP/other/file"'
	around 'echo NEW >new; mv new app/sub/deep/secret' "$look" --ro "$APP" --hide "$APP/sub/deep/secret"
	expect_no_line '^(deep|NEW)$'
	[ "$(grep -cE '^(safe|beside|other)$' out)" = 6 ]
	mkdir -p fresh/deep
	echo NEW >fresh/deep/secret
	around 'mv app/sub sub.old; mv fresh app/sub' "$look" --ro "$APP" --hide "$APP/sub/deep"
	expect_no_line '^(deep|NEW)$'
}

@test "a home's dot files, and one that comes" {
	mkdir own/.aws
	echo old >own/.netrc
	echo old >own/.aws/key
	echo plain >own/plain
	export OWN=$PWD/own HOME=$PWD/own
	# shellcheck disable=SC2016  # expanded inside
	around 'echo NEW >new; mv new own/.netrc; echo NEW >own/.late; mkdir aws; echo NEW >aws/key; mv own/.aws aws.old; mv aws own/.aws' \
		'cat "$OWN/.netrc" "$OWN/.late" "$OWN/.aws/key"; cat "$OWN/plain"' --ro "$OWN"
	expect_no_line '^(old|NEW)$'
	[ "$(grep -c '^plain$' out)" = 2 ]
}

@test "a home that has no dot file yet, and one that comes" {
	echo plain >own/plain
	export OWN=$PWD/own HOME=$PWD/own
	# shellcheck disable=SC2016  # expanded inside
	around 'mkdir own/.aws; echo NEW >own/.aws/key; echo NEW >own/.late' \
		'cat "$OWN/.late" "$OWN/.aws/key"; cat "$OWN/plain"' --ro "$OWN"
	expect_no_line '^NEW$'
	[ "$(grep -c '^plain$' out)" = 2 ]
	# one that is named is there
	# shellcheck disable=SC2016  # expanded inside
	around 'echo changed >own/.late' 'cat "$OWN/.aws/key"; cat "$OWN/.late"' --ro "$OWN" --ro "$OWN/.late"
	expect_line '^changed$'
	expect_line 'own/.aws/key: '
}

@test "a protected path that isn't there, nor what is above it, and that comes" {
	local options how=
	for how in 'fs.protect=["%s","%s"]' 'fs.hide=["%s","%s"]'; do
		# shellcheck disable=SC2059  # the format is the list's
		options=$(printf "$how" "$APP/key" "$APP/new/dir/key")
		# shellcheck disable=SC2016  # expanded inside
		around 'echo NEW >app/key; mkdir -p app/new/dir; echo NEW >app/new/dir/key' \
			'cat "$APP/key" "$APP/new/dir/key"; cat "$APP/config" "$APP/sub/beside"' \
			--ro "$APP" --set "$options" --set 'fs.optional=["..."]' --set "fs.optional=[\"...\", \"$APP/key\", \"$APP/new/dir/key\"]"
		expect_no_line '^NEW$' || return 1
		[ "$(grep -cE '^(safe|beside)$' out)" = 4 ] || fail "not all that is granted: $how" || return 1
		expect_no_line 'made on the host' || return 1
		rm -r app/key app/new
	done
	# where nothing keeps it shut, it is told
	mkdir app/many
	(cd app && touch $(seq 600))
	# shellcheck disable=SC2016  # expanded inside
	around 'echo NEW >app/key' 'cat "$APP/key"' -q --ro "$APP" --set "fs.protect=[\"$APP/key\"]"
	expect_line '^NEW$'
	expect_line '^sbx-wrap: grant: .*/app/key: made on the host during the run: from then on the command could see it$'
	rm app/key
	around : 'true' -q --ro "$APP" --set "fs.protect=[\"$APP/key\"]"
	expect_no_line 'made on the host'
}

@test "what is granted below something hidden is there" {
	mkdir -p own/.config/app own/.config/other
	echo granted >own/.config/app/file
	echo old >own/.config/other/file
	export OWN=$PWD/own HOME=$PWD/own
	# shellcheck disable=SC2016  # expanded inside
	around 'mkdir -p new/other; echo NEW >new/other/file; mv own/.config config.old; mv new own/.config' \
		'cat "$OWN/.config/other/file"; cat "$OWN/.config/app/file"' --ro "$OWN" --ro "$OWN/.config/app"
	expect_line '^granted$'
	expect_no_line '^(old|NEW)$'
}

# what holds has a price, and the page names it
@test "what is made beside it can be listed and not opened" {
	# shellcheck disable=SC2016  # expanded inside
	around 'echo fresh >app/fresh; echo fresh >app/other/fresh; echo changed >app/config' \
		'ls "$APP" | grep fresh; cat "$APP/fresh"; cat "$APP/other/fresh"; cat "$APP/config"' --ro "$APP" --hide "$APP/secret"
	[ "$(grep -c '^fresh$' out)" = 2 ]
	expect_line 'app/fresh.*: Permission denied'
	expect_line '^changed$'
}

@test "below a writable grant it comes to sight, which is told" {
	around "$replace" "$look" --rw "$APP" --hide "$APP/secret"
	expect_line '^NEW$'
	expect_line '^sbx-wrap: grant: .*/app/secret: replaced on the host during the run: from then on the command could see it$'
	# shellcheck disable=SC2016  # expanded inside
	around 'echo new >new; mv new app/config' 'echo written >>"$APP/config"' -q --rw "$APP" --ro "$APP/config"
	expect_line '^sbx-wrap: grant: .*/app/config: replaced on the host during the run: from then on the command could write it$'
	[ "$(cat app/config)" = "$(printf 'new\nwritten')" ]
	# nothing is told without cause
	around 'echo x >>app/secret; echo new >app/sub/new' "$look" --rw "$APP" --hide "$APP/secret" --ro "$APP/config"
	expect_no_line 'replaced on the host'
}

@test "a static program, which has the floor alone" {
	cat >static.c <<-'END'
		#include <fcntl.h>
		#include <stdio.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			char bytes[16];
			for (int i = 1; i < argc; i++)
				printf("%s\n", open(argv[i], O_RDONLY) < 0 ? "no" : "open");
			puts("ready"), fflush(stdout);
			(void)!read(0, bytes, 1);
			for (int i = 1; i < argc; i++)
				printf("%s\n", open(argv[i], O_RDONLY) < 0 ? "no" : "open");
		}
	END
	cc -static -o static static.c
	mkfifo go
	exec 7<>go
	"$SBX" --set home=none --latch auto --no-arg-grants --ro "$APP" --hide "$APP/secret" --rox "$PWD/static" \
		"$PWD/static" "$APP/secret" "$APP/config" <go >out 2>/dev/null 3>&- &
	JOB=$! JOBS=$!
	wait_until grep -q '^ready$' out
	eval "$replace"
	echo >&7
	exec 7>&-
	wait "$JOB" || true
	output=$(cat out)
	expect_output "$(printf 'no\nopen\nready\nno\nopen')"
}

@test "below a private home, which can be written, it comes to sight, which is told; the home itself holds" {
	own_home
	home_scratch sbx-replaced
	mv app "$HOME_SCRATCH/"
	APP=$HOME_SCRATCH/app
	replace='echo NEW >"$HOME_SCRATCH/new"; mv "$HOME_SCRATCH/new" "$APP/secret"'
	PRIVATE_HOME=tmpfs around "$replace" "$look" --ro "$APP" --hide "$APP/secret"
	expect_line '^NEW$'
	expect_line 'app/secret: replaced on the host during the run: from then on the command could see it$'
	PRIVATE_HOME=tmpfs around "$replace" "$look" --ro "$REAL_HOME" --hide "$APP/secret"
	expect_no_line '^(old|NEW)$'
	expect_no_line 'replaced on the host'
	[ "$(grep -cE '^(safe|beside|other)$' out)" = 8 ]
}

@test "a directory of many entries: what holds is told apart" {
	mkdir many
	(cd many && touch $(seq 600))
	echo old >many/secret
	export MANY=$PWD/many
	# shellcheck disable=SC2016  # expanded inside
	around 'echo NEW >new; mv new many/secret' 'cat "$MANY/secret"' --ro "$MANY" --hide "$MANY/secret"
	expect_line '^NEW$'
	expect_line 'many/secret: replaced on the host during the run'
	# and it opens nothing elsewhere
	around "$replace" "$look" --ro "$PWD" --hide "$APP/secret" --hide "$MANY/secret"
	expect_no_line '^(old|NEW)$'
}
