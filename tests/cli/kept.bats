#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sbx-policy kept: what runs have kept aside is listed, put in place or removed; nothing else is touched.

load helper

# The caller has one list, which may hold other tests' entries.
more_setup() {
	head -c 2000 /dev/zero >in.dat
}

more_teardown() {
	"$POLICY" kept clean "$WORK"/.sbx-kept-* >/dev/null 2>&1 || true
}

keep() { # NAME: a run that can't deliver it; the directory is $KEPT
	run --separate-stderr "$SBX" --output-size 10 cp in.dat "$1"
	expect_status 125
	expect_stderr '^hint: sbx-policy kept list '
	local -a all=("$WORK"/.sbx-kept-*)
	KEPT=${all[0]}
	[ -d "$KEPT" ]
}

@test "kept: listed with when, by what, where and how large" {
	keep 'a b.dat'
	run "$POLICY" kept list
	expect_status 0
	expect_line "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{5}  cp  $KEPT: a b\.dat \([0-9]+ bytes\)\$"
}

@test "kept: restore puts it where it was to go, and never in place of what is there" {
	keep 'a b.dat'
	echo mine >'a b.dat'
	run "$POLICY" kept restore "$KEPT"
	expect_status 1
	[[ $output == *"there is one in its place: it is not replaced"* ]]
	[ "$(cat 'a b.dat')" = mine ] && [ -d "$KEPT" ]
	rm 'a b.dat'
	run "$POLICY" kept restore "${KEPT##*-}"
	expect_status 0
	expect_line "^$WORK/a b\.dat\$"
	[ -s 'a b.dat' ] && [ ! -e "$KEPT" ]
	run "$POLICY" kept list
	[[ $output != *"$KEPT"* ]]
}

@test "kept: restore puts nothing under a name that is protected by now" {
	keep x.dat
	run "$POLICY" kept restore --set 'fs.protect=["x.dat"]' "$KEPT"
	expect_status 1
	[[ $output == *"x.dat: "*"it is not put there"* ]]
	[ ! -e x.dat ] && [ -s "$KEPT/x.dat" ]
	run "$POLICY" kept restore "$KEPT"
	expect_status 0
	[ -s x.dat ]
}

@test "kept: restore puts nothing where a link leads by now" {
	mkdir way
	run "$SBX" --output-size 10 cp in.dat way/x.dat
	expect_status 125
	local -a all=("$PWD"/way/.sbx-kept-*)
	mv way moved
	ln -s moved way
	run "$POLICY" kept restore "${all[0]}"
	expect_status 1
	[[ $output == *"leads through a link by now: it is left alone"* ]]
	[ ! -e moved/x.dat ]
	rm way
	mv moved way
	run "$POLICY" kept restore "${all[0]}"
	expect_status 0
	[ -s way/x.dat ]
}

@test "kept: restore takes setuid bits, and leaves a fifo where it is" {
	keep x.dat
	chmod u+s,g+s "$KEPT/x.dat"
	mkfifo "$KEPT/pipe"
	run "$POLICY" kept restore "$KEPT"
	expect_status 1
	[[ $output == *"pipe: a fifo, a socket or a device"* ]]
	[ ! -u x.dat ] && [ ! -g x.dat ] && [ -s x.dat ] && [ -p "$KEPT/pipe" ]
}

@test "kept: clean removes what is named, with whatever modes" {
	keep x.dat
	mkdir -p "$KEPT/t/deep"
	touch "$KEPT/t/deep/f"
	chmod 0 "$KEPT/t/deep"
	ln -s "$WORK/in.dat" "$KEPT/t/link"
	run "$POLICY" kept clean "$(basename "$KEPT")"
	expect_status 0
	expect_output "removed: $KEPT"
	[ ! -e "$KEPT" ] && [ -s in.dat ]
}

@test "kept: what has that name by now and isn't what was kept is left alone" {
	keep x.dat
	mv "$KEPT" moved
	mkdir "$KEPT"
	echo precious >"$KEPT/f"
	run "$POLICY" kept clean "$KEPT"
	[[ $output == *"something else has that name by now: it is left alone"* ]]
	[ "$(cat "$KEPT/f")" = precious ] && [ -s moved/x.dat ]
	rm -r "$KEPT"
	ln -s moved "$KEPT"
	run "$POLICY" kept clean "$KEPT"
	expect_status 1
	[ -s moved/x.dat ]
	rm "$KEPT"
}

@test "kept: a damaged line is told and passed over, no name makes a line or reaches the terminal" {
	keep $'a\e[31m\nb.dat'
	echo '1 2 3 /etc/passwd cp' >>"$CACHE/kept"
	printf 'half a li' >>"$CACHE/kept"
	run "$POLICY" kept list
	expect_status 0
	[[ $output == *"a line is damaged, and passed over: 1 2 3 /etc/passwd cp"* ]]
	[[ $output != *$'\e'* ]]
	run "$POLICY" kept list
	[[ $output != *damaged* ]]
	[[ $output == *"$KEPT"* ]]
}

@test "kept: what isn't on the list, and wrong words" {
	run "$POLICY" kept restore /etc
	expect_status 1
	expect_output 'sbx-policy: kept: /etc: is not on the list'
	run "$POLICY" kept remove
	expect_status 2
}

@test "a stage that somebody has removed is not told as kept" {
	background "$SBX" sh -c 'echo x >"$1"; touch "$2"; while [ ! -e "$3" ]; do sleep 0.05; done' sh ./out.dat ./ready.dat ./go 2>messages
	for _ in $(seq 100); do
		compgen -G '.sbx-stage-*/ready.dat' >/dev/null && break
		sleep 0.05
	done
	rm -rf .sbx-stage-*
	kill "$JOB"
	wait "$JOB" || true
	run cat messages
	[[ $output != *'is kept in'* ]] && [[ $output != *'the next run removes it'* ]]
	[[ $output == *'somebody has moved or removed'* ]]
}
