#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who may say what is at a path: --hide, then options, then the policy, then arguments; within one of these the most
# specific path, and for the same path the last. An option that can't take effect is refused.

load ../cli/helper

more_setup() {
	mkdir -p d/sub a b out run
	echo host >d/f
	echo a >a/f
	echo b >b/f
	echo sub >d/sub/s
	printf '#!/bin/sh\necho ran\n' >run/it
	chmod +x run/it
}

@test "an argument brings nothing of the host's back below an option's private directory" {
	run "$SBX" cat d/f
	expect_output host
	run "$SBX" --tmpfs "$PWD/d" cat d/f
	[ "$status" -ne 0 ]
	expect_no_line '^host$'
	expect_line "d/f: below the private directory $PWD/d, not granted"
	expect_line "^hint: --ro $PWD/d/f$"
	run "$SBX" -q --tmpfs "$PWD/d" --ro d/f cat d/f
	expect_output host
	run "$SBX" -q --set "fs.tmpfs=[\"$PWD/d\"]" cat d/f
	expect_no_line '^host$'
	run "$SBX" -q --set 'fs.tmpfs=["$PWD/d"]' cat d/f
	expect_no_line '^host$'
	mkdir real
	ln -s real link
	echo host >real/f
	run "$SBX" -q --tmpfs "$PWD/link" cat link/f real/f
	expect_no_line '^host$'
}

@test "an argument sees what an option has put in its place" {
	run "$SBX" -q --ro-bind a "$PWD/b" cat b/f
	expect_output a
	run "$SBX" -q --ro-bind a/f "$PWD/b/f" cat b/f
	expect_output a
	run "$SBX" -q --ro d --ro-bind /dev/null "$PWD/d/f" cat d/f
	expect_status 0
	expect_output ""
}

@test "an output below an option's private directory writes nothing to the host, and says so" {
	run "$SBX" --size 1M --tmpfs "$PWD/out" --set 'args.outputs=["last"]' sh -c 'head -c 3000000 /dev/zero >out/big' x out/big
	[ "$status" -ne 0 ]
	expect_line 'out/big: below the private directory .*, gone afterwards'
	[ -z "$(ls -A out)" ]
	run "$SBX" --set 'args.outputs=["last"]' sh -c 'echo >out/small' x out/small
	[ -e out/small ]
}

@test "what an option or the policy grants of a directory is seen where an output is staged in it" {
	run "$SBX" --ro . --set 'args.outputs=["last"]' sh -c 'cat d/f a/f; run/it; echo new >here.txt; echo no >d/no' x here.txt
	expect_line '^host$'
	expect_line '^a$'
	expect_line 'it: Permission denied'
	[ "$(cat here.txt)" = new ]
	[ ! -e d/no ]
	run "$SBX" -q --rox . --set 'args.outputs=["last"]' sh -c 'run/it; echo new >there.txt' x there.txt
	expect_output ran
	[ "$(cat there.txt)" = new ]
	run "$SBX" -q --set 'fs.read=["$PWD"]' --set 'args.outputs=["last"]' sh -c 'cat d/f; echo new >third.txt' x third.txt
	expect_output host
	[ "$(cat third.txt)" = new ]
	# what is hidden or something else stays that
	run "$SBX" -q --ro . --hide a --tmpfs "$PWD/b" --set 'args.outputs=["last"]' sh -c 'cat a/f b/f d/f; echo new >4.txt' x 4.txt
	expect_line '^host$'
	expect_no_line '^(a|b)$'
	[ "$(cat 4.txt)" = new ]
}

@test "an output that an option makes read-only by its own name stays, and says so" {
	run "$SBX" --ro d/f --set 'args.outputs=["last"]' sh -c 'echo new >d/f' x d/f
	[ "$status" -ne 0 ]
	expect_line "d/f: read-only by --ro d/f"
	expect_line "^hint: --rw $PWD/d/f$"
	[ "$(cat d/f)" = host ]
	run "$SBX" --set 'args.outputs=["last"]' sh -c 'echo new >d/f' x d/f
	[ "$(cat d/f)" = new ]
}

@test "the lists of a policy add up, whether paths are written out or by \$PWD" {
	local write
	for write in "$PWD" '$PWD'; do
		run "$SBX" --set "fs.write=[\"$write\"]" --set "fs.read=[\"$PWD/d\"]" sh -c 'echo new >d/new'
		expect_status 0
		[ -e d/new ]
		rm d/new
	done
	# an option is stronger
	run "$SBX" --rw . --set "fs.read=[\"$PWD/d\"]" sh -c 'echo new >d/new'
	expect_status 0
	run "$SBX" --ro d --set "fs.write=[\"\$PWD\"]" sh -c 'echo new >d/newer'
	[ "$status" -ne 0 ]
}

@test "reading and executing add up; --ro takes away only below what is writable" {
	local grants
	for grants in '--rox . --ro run' '--ro . --rox run' '--rox run --ro run' '--ro run --rox run' '--ro /usr --rox run' \
		'--ro /lib --rox run' '--ro /usr/lib --ro / --rox run'; do
		# shellcheck disable=SC2086
		run "$SBX" -q $grants run/it
		expect_output ran || return 1
	done
	for grants in '--rwx . --ro run' '--rw . --ro run' '--rwx run --ro run'; do
		# shellcheck disable=SC2086
		run "$SBX" -q $grants sh -c 'run/it; echo >run/new'
		expect_no_line '^ran$' || return 1
		[ ! -e run/new ]
	done
	run "$SBX" -q --rwx run sh -c 'run/it; echo >run/new'
	expect_output ran
	[ -e run/new ]
}

@test "--hide comes first: what it leaves nothing of is refused, and no hint is given that can't work" {
	run "$SBX" --hide d cat d/f
	[ "$status" -ne 0 ]
	expect_line 'd/f: hidden by --hide, not granted'
	expect_no_line '^hint'
	run "$SBX" --hide /etc/passwd cat /etc/passwd
	[ "$status" -ne 0 ]
	expect_no_line '^root:'
	run "$SBX" --hide /etc ls -A /etc
	expect_no_line passwd
	local grant
	for grant in '--ro d/sub' '--rw d' "--tmpfs $PWD/d/sub" "--ro-bind d $PWD/a" "--ro-bind a $PWD/d"; do
		# shellcheck disable=SC2086
		run "$SBX" $grant --hide d true
		expect_refused 'hidden by --hide' || return 1
	done
	run "$SBX" --hide / true
	expect_refused 'nothing would be left'
}

@test "what there is nothing to put on, or what the sandbox makes itself, is refused" {
	run "$SBX" --rw d --tmpfs "$PWD/d/new" true
	expect_refused "--tmpfs $PWD/d/new: there is no directory $PWD/d/new to put it on: make it first"
	run "$SBX" --ro d --ro-bind a "$PWD/d/new" true
	expect_refused 'there is no directory'
	run "$SBX" --ro d --ro-bind a/f "$PWD/d/sub" true
	expect_refused 'there is no file'
	run "$SBX" --rw d --tmpfs "$PWD/d/sub" true
	expect_status 0
	local place
	for place in / /run /run/sbx /proc /dev /dev/null /dev/pts; do
		run "$SBX" --tmpfs "$place" true
		[ "$place" = /run ] || expect_refused "sandbox's own" || return 1 # an empty one is as good
		run "$SBX" --ro-bind a "$place" true
		expect_refused "sandbox's own" || return 1
	done
	run "$SBX" --ro /run true
	expect_refused "name what is in it"
	run "$SBX" --set 'fs.read=["/run"]' true
	expect_refused "name what is in it"
}

@test "a device is no path: it is refused where it could not be opened" {
	local option
	for option in --ro --rw --rox --rwx; do
		run "$SBX" "$option" /dev/null true
		expect_refused -- '--dev' || return 1
	done
	run "$SBX" --bind /dev/null "$PWD/d/f" true
	expect_refused -- '--dev'
	run "$SBX" --ro-bind /dev/console "$PWD/d/f" true
	expect_refused -- '--dev'
	run "$SBX" --hide /dev/null true
	expect_refused "sandbox's own"
}

@test "the command's own file is what it is on the host" {
	run "$SBX" -q --rw run/it run/it
	expect_refused -- '--rw run/it: that is executed, .*--rwx'
	run "$SBX" -q --rwx run/it run/it
	expect_output ran
	run "$SBX" -q --ro run/it run/it
	expect_output ran
	run "$SBX" --ro-bind a/f "$PWD/run/it" run/it
	expect_refused 'that is executed'
}

@test "a private directory hides what the policy grants below it, and what needs that is not missed" {
	run "$SBX" -q --tmpfs /usr/share ls -A /usr/share
	expect_output ""
	run "$SBX" -q --tmpfs /etc ls -A /etc
	expect_output ""
	run "$SBX" -q -p xmllint --hide /usr/share cat d/f
	expect_output host
	run "$SBX" -q -p xmllint --tmpfs /usr/share cat d/f
	expect_output host
}

@test "--size belongs to one --tmpfs" {
	run "$SBX" --size 1M --size 2M --tmpfs "$PWD/d" true
	expect_refused 'twice'
	local size
	for size in 9223372036854775809 9223372036854775807 2000000T; do
		run "$SBX" --size "$size" --tmpfs "$PWD/d" true
		expect_refused 'positive number' || return 1
	done
}
