#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line: where options end, what each says when it is wrong, and what --dry-run, --help, --version print.

load helper

@test "--version prints the version" {
	run --separate-stderr "$SBX" --version
	expect_status 0
	expect_line '^sbx-wrap [0-9]+\.[0-9]+\.[0-9]+'
	expect_no_stderr
	run --separate-stderr "$POLICY" --version
	expect_status 0
	expect_line '^sbx-policy [0-9]+\.[0-9]+\.[0-9]+'
}

@test "--help lists every option, on standard output" {
	run --separate-stderr "$SBX" --help
	expect_status 0
	expect_no_stderr
	local option
	for option in profile config set ro rw rox rwx ro-bind bind size tmpfs hide share-net chdir setenv unsetenv keep-env \
		keep-fd map-root as-pid-1 latch best-effort dry-run version help; do
		expect_line "--$option\b" || return 1
	done
	expect_line '(^|[ ,])-p\b'
	expect_line '(^|[ ,])-v\b'
	expect_line '(^|[ ,])-q\b'
}

@test "no command is an error" {
	run "$SBX"
	expect_refused 'no command|usage'
	run "$SBX" --
	expect_refused 'no command|usage'
}

@test "an unknown option is an error and runs nothing" {
	run "$SBX" --no-such-option touch "$PWD/ran"
	expect_refused 'no-such-option'
	run "$SBX" --conect 443 touch "$PWD/ran"
	expect_refused -- 'did you mean --connect\?'
	run "$SBX" --zzzz true
	expect_refused 'sbx-wrap --help'
	run "$SBX" -Z true
	expect_refused -- '-Z'
	[ ! -e ran ]
}

@test "an option without its argument is an error" {
	local option
	for option in --ro --rw --set --profile -p --config --chdir --latch --keep-fd --setenv --tmpfs --size --best-effort; do
		run "$SBX" $option
		expect_refused "options" || fail "$option"
	done
	run "$SBX" --bind /srv
	expect_refused 'options'
}

@test "options end at the first word that is none" {
	run "$SBX" echo --version -p --help -- x
	expect_status 0
	expect_output '--version -p --help -- x'
}

@test "-- ends the options and is not part of the command" {
	run "$SBX" -- echo -- a
	expect_output '-- a'
	run "$SBX" -q -- echo a
	expect_output a
}

@test "--option=value and --option value are the same" {
	echo x >file
	run "$SBX" --ro="$PWD/file" sh -c 'cat file'
	expect_output x
	run "$SBX" --profile=default echo y
	expect_output y
}

@test "--dry-run prints the policy and runs nothing" {
	run --separate-stderr "$SBX" --dry-run touch "$PWD/ran" /tmp
	expect_status 0
	[ ! -e ran ]
	[ "${#lines[@]}" -gt 5 ] || fail "too little"
	expect_line 'profile'
}

@test "--dry-run says what is dropped from the environment, never its value" {
	export SOME_TOKEN=hunter2value
	run "$SBX" --dry-run true
	expect_line 'SOME_TOKEN'
	expect_no_line 'hunter2value'
}

@test "an unknown profile is an error with a suggestion" {
	run "$SBX" -p pdftotxt true
	expect_refused 'pdftotxt'
	expect_line 'pdftotext'
}

@test "--set: a bad key, a bad value, a wrong type" {
	run "$SBX" --set fs.raed=[] true
	expect_refused 'fs\.raed|raed'
	expect_line 'did you mean'
	run "$SBX" --set latch=sometimes true
	expect_refused 'sometimes'
	run "$SBX" --set fs.read=true true
	expect_refused 'fs\.read'
	run "$SBX" --set nonsense true
	expect_refused 'nonsense'
	run "$SBX" --set 'fs.read=[""]' true
	expect_refused 'empty'
}

@test "--latch takes its three values and nothing else" {
	run "$SBX" --latch auto true
	expect_status 0
	run "$SBX" --latch off true
	expect_status 0
	run "$SBX" --latch no true
	expect_refused 'latch'
}

@test "--size needs a number and a unit, and a --tmpfs behind it" {
	run "$SBX" --size many --tmpfs /mnt/x true
	expect_refused 'size'
	run "$SBX" --size 0 --tmpfs /mnt/x true
	expect_refused 'size'
	run "$SBX" --size 99999999999999999999G --tmpfs /mnt/x true
	expect_refused 'size'
	run "$SBX" --size 1M true
	expect_refused 'size'
}

@test "a path that isn't there is an error that names it" {
	run "$SBX" --ro "$PWD/absent" true
	expect_refused "$PWD/absent"
	run "$SBX" --rw "$PWD/absent" true
	expect_refused "$PWD/absent"
	run "$SBX" --bind "$PWD/absent" /mnt/x true
	expect_refused "$PWD/absent"
	run "$SBX" --ro "" true
	expect_refused 'empty'
}

@test "--chdir starts the command elsewhere" {
	run "$SBX" --chdir /usr/bin pwd
	expect_output /usr/bin
	run "$SBX" --chdir /nonexistent pwd
	expect_refused '/nonexistent'
}

@test "--unsetenv: patterns with and without a star in front, names that begin with the same five bits" {
	run env -i PATH="$PATH" HOME="$HOME" J1=a j2=b _X=c A_END=d '*K=e' END_=f =g "$SBX" --unsetenv 'J*' --unsetenv _X --unsetenv '*_END' env
	expect_status 0
	expect_no_line '^(J1|_X|A_END)='
	expect_line '^j2=b$'
	expect_line '^\*K=e$'
	expect_line '^END_=f$'
	run env -i PATH="$PATH" HOME="$HOME" J1=a j2=b '*K=e' "$SBX" --unsetenv '*' --keep-env 'j*' env
	expect_no_line '^(J1|\*K|PATH)='
}

@test "--setenv, --unsetenv and --keep-env" {
	export MY_TOKEN=secret PLAIN=plain
	run "$SBX" --setenv ADDED 'a b=c' --unsetenv PLAIN sh -c 'echo "$ADDED|$PLAIN|$MY_TOKEN"'
	expect_output 'a b=c||'
	run "$SBX" --keep-env MY_TOKEN sh -c 'echo "$MY_TOKEN"'
	expect_output secret
	run "$SBX" --setenv A=B c true
	expect_refused 'setenv'
}

@test "-q says nothing but errors, -v says what is done" {
	run --separate-stderr "$SBX" true
	expect_no_stderr
	run --separate-stderr "$SBX" -v true
	[ -n "$stderr" ]
	run --separate-stderr "$SBX" -q cat /etc/shadow
	[ -n "$stderr" ]
	run ! grep -q '^hint' <<<"$stderr"
}

@test "--best-effort takes only layers" {
	run "$SBX" --best-effort sandbox true
	expect_refused 'sandbox'
	run "$SBX" --best-effort cgroup,keyring true
	expect_status 0
}

@test "no environment variable loosens anything" {
	home_canary
	run env SBX_CONFIG=/dev/null SBX_LATCH=off SBX_POLICY=/dev/null SBX_PROFILE=none HOME=/ XDG_CONFIG_HOME="$PWD" \
		XDG_CACHE_HOME="$PWD" LD_LIBRARY_PATH="$PWD" "$SBX" sh -c 'cat "$CANARY"'
	[ "$status" -ne 0 ]
	expect_no_line 'the secret'
	# HOME in the environment doesn't make another directory the home
	run env HOME="$PWD" "$SBX" sh -c 'ls -A "$HOME" 2>/dev/null; getent passwd "$(id -u)" | cut -d: -f6'
	expect_output "$REAL_HOME"
}

@test "a place inside is taken without its slashes and dots, and refused with .." {
	run "$SBX" --bind . /work/ --tmpfs //scratch/./ sh -c 'touch /work/made && ls -d /scratch'
	expect_status 0
	expect_output /scratch
	[ -e made ]
	for place in /work/../etc relative; do
		run "$SBX" --bind . "$place" true
		expect_refused 'absolute path'
		run "$SBX" --tmpfs "$place" true
		expect_refused 'absolute path'
	done
}

@test "a working directory that is gone, and another that is only inside" {
	mkdir gone
	run bash -c 'cd gone && rmdir ../gone && "$SBX" --tmpfs /new --chdir /new --ro relative /bin/pwd'
	expect_refused 'relative'
	run bash -c 'mkdir gone && cd gone && rmdir ../gone && "$SBX" --tmpfs /new --chdir /new /bin/pwd'
	expect_output /new
}

@test "help and version that can't be written are a failure: a build on a full disk ends there" {
	local word
	for word in --help --version; do
		run sh -c '"$0" "$1" >/dev/full' "$SBX" "$word"
		expect_status 125
		run sh -c '"$0" "$1" >/dev/full' "$POLICY" "$word"
		expect_status 1
	done
}
