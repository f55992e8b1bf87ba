#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# limits.output and limits.output_files: nothing beyond them is moved into place, and what writes on is ended.

load ../cli/helper

more_setup() {
	mkdir src
	local n
	for n in 1 2 3 4 5 6; do
		head -c 20M /dev/zero >src/f$n
	done
	(cd src && zip -q ../bomb.zip ./*)
	rm -r src
}

kept_one() { # NAME: it is in the only directory of what was kept aside
	local -a kept=(.sbx-kept-*)
	[ ${#kept[@]} = 1 ] || fail "kept: ${kept[*]}"
	[ -e "${kept[0]}/$1" ] || fail "kept: $(ls -A "${kept[0]}")"
}

small_disk() {
	only_root # who can mount
	mkdir disk
	unshare --mount --propagation private true 2>/dev/null || skip "no mounts here"
}

on_small_disk() { # SCRIPT
	unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=20M,mode=700 none disk && cd disk && '"$1"
}

@test "quota: a zip bomb whose files are each small enough is ended, nothing is delivered, one line says why" {
	run --separate-stderr "$SBX" --set limits.file_size=50M --output-size 60M unzip -q -d out bomb.zip
	expect_status 125
	[ ! -e out ]
	expect_stderr "^sbx-wrap: limits: output: limit 60M reached: the outputs are .*M, $WORK/out most of them; .*nothing was moved into place\$"
	expect_stderr '^hint: --output-size SIZE raises it$'
	kept_one out
	run "$SBX" --set limits.output=120M unzip -q -d all bomb.zip
	expect_status 0
	[ "$(find all -type f | wc -l)" = 6 ]
}

@test "quota: exact at the end: the last byte decides" {
	head -c 1000 /dev/zero >in.dat
	run --separate-stderr "$SBX" --output-size 1000 cp in.dat exact.dat
	expect_status 0
	[ "$(stat -c %s exact.dat)" = 1000 ]
	# by several files: each is small enough, which RLIMIT_FSIZE can't tell
	run --separate-stderr "$SBX" --output-size 2000 tee a.dat b.dat <in.dat
	expect_status 0
	run --separate-stderr "$SBX" --output-size 1999 tee c.dat d.dat <in.dat
	expect_status 125
	expect_stderr 'over limits.output: it is not moved into place \(it is kept in \.sbx-kept-'
	[ ! -e c.dat ] && [ ! -e d.dat ]
	kept_one c.dat
	kept_one d.dat
}

@test "quota: one file that would be larger ends the command, whose status isn't it" {
	run --separate-stderr "$SBX" --output-size 10K sh -c 'head -c 20K /dev/zero >"$1"' sh ./one.bin
	expect_status 125
	expect_stderr '^sbx-wrap: limits: output: limit 10K reached: one file would be larger'
	[ ! -e one.bin ]
	kept_one one.bin
}

@test "quota: what the command removes stays when what it makes is not delivered" {
	echo old >old.txt
	run "$SBX" --output-size 5 sh -c 'echo much too long >new.txt.tmp; mv new.txt.tmp "$1"' sh ./old.txt
	[ "$(cat old.txt)" = old ]
	rm -rf .sbx-kept-*
	head -c 20K /dev/zero >big.dat
	run "$SBX" --output-size 1K gzip -k -1 big.dat
	expect_status 0
	run "$SBX" --output-size 10 gzip -f -1 big.dat
	expect_status 125
	[ -e big.dat ]
}

@test "quota: the number of files" {
	run --separate-stderr "$SBX" --output-files 6 unzip -q -d out bomb.zip
	expect_status 125
	expect_stderr '^sbx-wrap: limits: output_files: limit 6 reached: the outputs are 7 files'
	expect_stderr '^hint: --output-files N raises it$'
	[ ! -e out ]
	run "$SBX" --output-files 7 unzip -q -d out bomb.zip
	expect_status 0
}

@test "quota: links to one file count once, and what was there before doesn't" {
	head -c 1000 /dev/zero >in.dat
	mkdir tree
	head -c 5000 /dev/zero >tree/f
	run "$SBX" --output-size 1K mv tree moved
	expect_status 0
	[ "$(stat -c %s moved/f)" = 5000 ]
	mkdir links
	cp in.dat links/a
	ln links/a links/b
	run "$SBX" --output-size 1500 cp -a links copy
	expect_status 0
	[ -e copy/b ]
}

@test "quota: the status names it; a run without outputs isn't touched" {
	"$SBX" --status-fd 7 --output-size 60M unzip -q -d out bomb.zip 7>status.json >/dev/null 2>&1 || true
	jq -es '.[-1] | .how == "failed" and .status == 125 and .reason == "output"' status.json
	jq -es '.[0].limits.output | .held == "loader" and .value == 62914560' status.json
	run --separate-stderr "$SBX" --output-size 1 --output-files 1 sh -c 'echo 1; ls /'
	expect_status 0
	expect_no_stderr
}

@test "quota: in place it is held by a loader that waits" {
	needs_in_place
	mkdir out
	run "$SBX" --set 'namespaces=[]' --output-size 1M --rw out sh -c 'head -c 3M /dev/zero >out/file'
	[ "$status" -ne 0 ]
	expect_line 'limits: output: '
}

@test "quota: a part of the disk stays free, for root too: staged outputs are removed" {
	small_disk
	run on_small_disk 'exec "$SBX" sh -c '\''for i in 1 2 3 4 5 6 7 8 9 10 11 12; do head -c 2M /dev/zero; sleep 0.1; done >"$1"; sleep 20'\'' sh ./o.bin'
	expect_status 125
	[[ $output == *"limits: output: $WORK/disk: less of the disk is free than is to stay free: the command was ended"* ]]
	[[ $output != *sbx-kept* ]]
	run on_small_disk 'exec "$SBX" --output-size 40% dd if=/dev/zero of=./o.bin bs=1M count=11 status=none'
	expect_status 125
	run on_small_disk 'exec "$SBX" --output-size 60% dd if=/dev/zero of=./o.bin bs=1M count=11 status=none'
	expect_status 0
}

@test "quota: a part of the disk stays free where a directory is writable" {
	small_disk
	run on_small_disk 'exec "$SBX" --rw . sh -c '\''for i in 1 2 3 4 5 6 7 8 9; do head -c 2200K /dev/zero; sleep 0.1; done >x; sleep 20'\'
	expect_status 125
	[[ $output == *"the command was ended, and what is written stays"* ]]
	run on_small_disk 'exec "$SBX" --output-size unlimited --rw . sh -c "head -c 19500K /dev/zero >x; sleep 0.5"'
	expect_status 0
}
