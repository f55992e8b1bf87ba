#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a command makes beside its outputs: never at the cost of what was there.

load ../cli/helper
load outputs

kept() { # FILE TEXT : it is in a directory that is kept, and what is in there is all of it
	[ "$(cat .sbx-kept-*/"$1")" = "$2" ] || fail "kept: $(ls -A . .sbx-kept-*)"
	[ "$(ls -A .sbx-kept-* | wc -l)" -eq 1 ] || fail "kept: $(ls -A .sbx-kept-*)"
	rm -r .sbx-kept-*
}

@test "a file is not removed while what the command made of it has no name that is known" {
	local script profile
	for profile in one copy; do
		for script in 'cat $1 >$1-foo; rm $1' 'mv $1 out-foo' 'rm $1; echo old >out-foo'; do
			under $profile "$script" out
			expect_refused 'out-foo: not a named output \(it is kept in \.sbx-kept-'
			expect_line '/out: removed by the command'
			expect_line '^hint: --rw '
			[ "$(cat out)" = old ] || fail "$profile, $script"
			kept out-foo old
			clean
		done
	done
	# quiet: an error is no note
	run "$SBX" -q -c "$CONF" -p one sh -c 'mv $1 t' sh out
	expect_refused 'out: removed by the command'
	expect_no_line hint
	kept t old
	# a name that was refused, one with a protected name, one that is no regular file
	ln -s nowhere out.gz
	under copy 'echo made >$1.gz; rm $1' out
	expect_refused 'out: removed by the command'
	[ "$(cat out)" = old ] && [ -L out.gz ]
	kept out.gz made
	rm out.gz
	echo old >page
	under any 'echo made >page.pem; rm sec' sec page
	[ ! -e page.pem ]
	rm -rf .sbx-kept-*
	under any 'mv out page.pem' page
	echo key >sec
	under copy 'mv $1 server.key' sec
	expect_refused 'sec: removed by the command'
	kept server.key key
	clean
}

@test "nothing is removed in one directory while something of another is not in place" {
	mkdir d
	echo two >d/two
	under copy 'cat $2 >unknown; rm $2' out d/two
	expect_refused 'd/two: removed by the command'
	[ "$(cat d/two)" = two ]
	kept unknown two
	clean
}

@test "the command's own backup of what it has replaced is kept" {
	local profile
	for profile in one copy; do
		echo old >out
		under $profile 'mv $1 out-bak; echo new >$1' out
		expect_refused 'out-bak: not a named output \(it is kept'
		[ "$(cat out)" = new ]
		kept out-bak old
		under $profile 'ln $1 out-bak; echo newer >>$1' out
		expect_refused 'out-bak: not a named output \(it is kept'
		[ "$(cat out)" = $'new\nnewer' ]
		kept out-bak $'new\nnewer'
		clean
	done
}

@test "what is dropped is said" {
	under one 'echo x >mid; echo y >$1; exit 3' new
	expect_status 3
	expect_line '^sbx-wrap: output: .*/mid: not a named output; dropped$'
	expect_line '^hint: --rw '
	[ "$(cat new)" = y ]
	run "$SBX" -q -c "$CONF" -p one sh -c 'echo x >mid; mkdir made; ln -s x link; echo z >$1' sh new
	expect_status 0
	expect_output ''
	under one 'for n in 1 2 3 4 5 6 7; do echo x >m$n; done; echo z >$1' new
	[ "$(grep -c 'not a named output' <<<"$output")" -eq 5 ]
	expect_line 'and 2 more$'
	# in a directory that leads to an input as well; the mount points and the input itself are no output
	mkdir -p d/e
	echo in >d/e/in
	ln -s in d/e/link
	under one 'cat $2; echo x >d/e/made; echo x >d/made; echo z >$1' new d/e/in d/e/link
	expect_status 0
	expect_line 'd/made: not a named output'
	expect_line 'd/e/made: not a named output'
	[ "$(grep -c 'not a named output' <<<"$output")" -eq 2 ]
	[ "$(ls d d/e)" = $'d:\ne\n\nd/e:\nin\nlink' ]
	under one 'cat $2; touch $1' new d/e/in d/e/link sibling .
	expect_no_line 'not a named'
	clean
}

@test "what a successful command made and nobody named is kept, unless a named output is there" {
	local script
	for script in 'echo x >mid' 'echo x >mid; exit 0' 'echo y >$1; echo x >$1.gz' 'echo y >$1; echo x >new-2'; do
		run "$SBX" -q -c "$CONF" -p one sh -c "$script" sh new
		expect_refused 'not a named output \(it is kept in \.sbx-kept-'
		grep -qx x .sbx-kept-*/*
		rm -r .sbx-kept-*
	done
	for script in 'echo y >$1; echo x >mid' 'echo y >$1; echo x >newer' 'echo x >mid; exit 3' ':'; do
		under one "$script" new
		[ "$status" -lt 4 ] || expect_status 0
		[ ! -e mid ] && [ ! -e newer ]
		clean
	done
}

@test "a file that changes while a command works on a copy of it is neither removed nor replaced" {
	local script
	mkfifo hold
	exec {HOLD}<>hold
	for script in 'cat $1 >$1.gz; rm $1' 'cat $1 >t; mv t $1' 'echo more >>$1'; do
		echo old >out
		: >started
		"$SBX" -c "$CONF" -p copy sh -c "$script; echo started; read -r line" sh out <hold >started 2>message 3>&- &
		local wrapper=$!
		wait_until grep -q started started
		echo LATE >>out
		echo >&"$HOLD"
		status=0
		wait $wrapper || status=$?
		expect_status 125
		[ "$(cat out)" = $'old\nLATE' ] || fail "$script: $(cat out)"
		grep -q '/out: changed while the command worked on a copy of it' message
		if [ -e out.gz ]; then
			[ "$(cat out.gz)" = old ]
			rm out.gz
		else
			grep -qx old .sbx-kept-*/out
			rm -r .sbx-kept-*
		fi
		clean
	done
	# one that only its mode tells from what it was; one that somebody has replaced
	for script in 'chmod 640 out' 'echo theirs >other; mv other out'; do
		echo old >out
		: >started
		"$SBX" -c "$CONF" -p copy sh -c 'rm $1; echo started; read -r line' sh out <hold >started 2>message 3>&- &
		wrapper=$!
		wait_until grep -q started started
		eval "$script"
		echo >&"$HOLD"
		status=0
		wait $wrapper || status=$?
		expect_status 125
		[ -e out ]
	done
	exec {HOLD}>&-
	clean
}
