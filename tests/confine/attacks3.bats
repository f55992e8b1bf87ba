#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a second look at the first fixes found: deep pins, nested grants, places behind symlinks, what links of a home lead to.

load ../cli/helper

tree() {
	mkdir -p p/a/b/c
	echo orig >p/a/b/c/f
}
replace='mv p/a/b p/a/z; mkdir -p p/a/b/c; echo evil >p/a/b/c/f; mv p/a p/y; mkdir -p p/a/b/c; echo evil >p/a/b/c/f; echo end'

@test "what is read-only or hidden deep below a writable grant can't be replaced by renaming what is above it" {
	local option
	tree
	for option in "--ro $PWD/p/a/b/c" "--ro $PWD/p/a/b/c/f" "--hide $PWD/p/a/b/c" "--hide $PWD/p/a/b/c/f"; do
		# shellcheck disable=SC2086
		run "$SBX" --rw "$PWD/p" $option sh -c "$replace"
		expect_line '^end$'
		[ "$(cat p/a/b/c/f)" = orig ] || fail "$option"
	done
	# without the stricter grant the same renames work
	run "$SBX" --rw "$PWD/p" sh -c "$replace"
	[ "$(cat p/a/b/c/f)" = evil ]
}

@test "the same with another writable grant in between" {
	local between
	tree
	for between in "--rwx $PWD/p/a/b" "--rw $PWD/p/a"; do
		# shellcheck disable=SC2086
		run "$SBX" --rw "$PWD/p" $between --ro "$PWD/p/a/b/c" sh -c "$replace"
		expect_line '^end$'
		[ "$(cat p/a/b/c/f)" = orig ] || fail "$between"
	done
}

@test "a configuration file deep in a writable grant can't be replaced" {
	tree
	echo 'default = { };' >p/a/b/c/my.conf
	run "$SBX" -c "$PWD/p/a/b/c/my.conf" --rw "$PWD/p" sh -c "mv p/a/b p/a/z; mkdir -p p/a/b/c; echo 'x' >p/a/b/c/my.conf; echo end"
	expect_line '^end$'
	[ "$(cat p/a/b/c/my.conf)" = 'default = { };' ]
}

@test "nothing is made on the host for a place that lies behind a symlink" {
	mkdir real
	echo text >real/f
	ln -s "$PWD/real" lnk
	run "$SBX" --ro "$PWD/lnk/f" --ro-bind /etc/profile "$PWD/lnk/injected" cat lnk/f
	[ ! -e real/injected ] || fail "made on the host"
	run "$SBX" --ro-bind /etc/profile "$PWD/lnk/injected" cat lnk/f
	[ ! -e real/injected ] || fail "made on the host by an argument's link"
	run "$SBX" --tmpfs "$PWD/lnk/dir" cat lnk/f
	[ ! -e real/dir ] || fail "a directory was made on the host"
	run "$SBX" cat lnk/f
	expect_output text
}

@test "what a symlinked dot file of the home leads to is protected like the dot file" {
	home_scratch sbx-dotfiles
	[ "${SBX_TEST_OWN_HOME:-0}" = 1 ] || skip "the home is not the test's own"
	mkdir "$HOME_SCRATCH/ssh"
	echo secret >"$HOME_SCRATCH/ssh/config"
	echo text >"$HOME_SCRATCH/readme"
	ln -s "$HOME_SCRATCH/ssh" "$REAL_HOME/.sbx-test-dot"
	run "$SBX" cat "$HOME_SCRATCH/ssh/config"
	expect_no_line '^secret$'
	run "$SBX" --ro "$HOME_SCRATCH" sh -c "cat $HOME_SCRATCH/ssh/config; cat $HOME_SCRATCH/readme"
	expect_no_line '^secret$'
	expect_line '^text$'
	rm "$REAL_HOME/.sbx-test-dot"
	run "$SBX" --ro "$HOME_SCRATCH" cat "$HOME_SCRATCH/ssh/config"
	expect_line '^secret$'
}

@test "a dot link that leads into another dot entry is hidden with it" {
	own_home
	mkdir -p "$REAL_HOME/.sbx-test-dir/deep"
	echo secret >"$REAL_HOME/.sbx-test-dir/deep/key"
	ln -s .sbx-test-dir/deep "$REAL_HOME/.sbx-test-link"
	run "$SBX" --ro-bind / / sh -c 'ls / && cat "$1"/.sbx-test-dir/deep/key "$1"/.sbx-test-link/key' sh "$REAL_HOME"
	rm -r "$REAL_HOME/.sbx-test-dir" "$REAL_HOME/.sbx-test-link"
	expect_line '^usr$'
	expect_no_line '^secret$'
}

# Homes of somebody else as Debian makes them: nobody else may enter
@test "another user's home that root inside can't enter stays hidden, also when its owner opens it during the run" {
	only_root
	mkdir -p other/.aws open
	chmod 755 .
	echo secret >other/.aws/key
	echo text >open/file
	chown -R 4711:4711 other open
	chmod 700 other other/.aws open
	with_own_etc 'echo "other:x:4711:4711::$PWD/other:/bin/sh" >>/etc/passwd
		"$SBX" --ro-bind / / ls / || exit
		"$SBX" --ro other ls / && exit
		mkfifo ready go
		"$SBX" --ro-bind / / --rw ready --rw go sh -c "echo >ready; cat go; cat open/file other/.aws/key" &
		cat ready
		chmod -R go+rX other open
		echo >go
		wait'
	expect_line '^usr$'
	expect_line '/other/.aws: Permission denied$'
	expect_line '^text$'
	expect_no_line '^secret$'
}

@test "somebody's dot links protect their own files, and nobody else's" {
	only_root
	mkdir -p other theirs third roots
	for dir in theirs third roots; do
		echo "of $dir" >$dir/file
	done
	ln -s "$PWD/theirs" other/.a
	ln -s "$PWD/third" other/.b
	ln -s "$PWD/roots" other/.c
	chown -Rh 4711:4711 other theirs
	chown -R 4712:4712 third
	with_own_etc 'echo "other:x:4711:4711::$PWD/other:/bin/sh" >>/etc/passwd
		for dir in theirs third roots; do
			"$SBX" cat "$dir/file"
			"$SBX" --set "fs.read=[\"\$PWD/$dir\"]" --set args.grants=false cat "$dir/file"
		done
		"$SBX" --ro . sh -c "cat theirs/file third/file roots/file"'
	[ "$(grep -c "^of third$" <<<"$output")" = 3 ] || fail "third"
	[ "$(grep -c '^of roots$' <<<"$output")" = 3 ]
	expect_no_line '^of theirs$'
	expect_line 'theirs/file: a protected path, not granted'
}

@test "fs.hide hides wherever the path would show" {
	mkdir -p p/sec
	echo secret >p/sec/f
	echo text >p/f
	run "$SBX" --set "fs.hide=[\"$PWD/p/sec\"]" --ro-bind "$PWD/p" /mnt/x sh -c 'cat /mnt/x/f /mnt/x/sec/f'
	expect_line '^text$'
	expect_no_line '^secret$'
	run "$SBX" --ro-bind "$PWD/p" /mnt/x sh -c 'cat /mnt/x/sec/f'
	expect_output secret
}

@test "in place a race between a directory and a symlink opens nothing protected" {
	needs_in_place
	mkdir d secrets
	echo honest >d/config
	echo secret >secrets/config
	ln -s "$PWD/secrets" link
	run "$SBX" --set 'namespaces=[]' --set "fs.protect=[\"$PWD/secrets\"]" cat d/config
	expect_output honest
	"$PYTHON" -c 'import ctypes, sys
exchange = ctypes.CDLL(None).renameat2
while True: exchange(-100, b"d", -100, b"link", 2)' 3>&- &
	local swapper=$!
	run "$PYTHON" -c 'import os, subprocess
seen = b""
for i in range(600):
    seen += subprocess.run([os.environ["SBX"], "-q", "--set", "namespaces=[]", "--set", "fs.protect=[\"%s/secrets\"]" % os.getcwd(),
                            "cat", "d/config"], capture_output=True).stdout
print(seen.count(b"honest"), seen.count(b"secret"))'
	kill "$swapper"
	[ "${output% *}" -gt 0 ] || fail "the honest file was never seen"
	[ "${output#* }" = 0 ] || fail "leaked"
}

@test "a TMPDIR that isn't there inside" {
	TMPDIR=/missing run "$SBX" sh -c 'mktemp && echo "${TMPDIR-none}"'
	expect_status 0
	expect_line '^/tmp/'
	expect_line '^none$'
	TMPDIR=/missing run "$SBX" --keep-env TMPDIR sh -c 'echo "$TMPDIR"'
	expect_output /missing
}

@test "a configuration file that is named with .. shows nothing of the directory it lies in" {
	mkdir inner
	echo secret >secret
	echo 'default = { limits = { tmp = "1M"; }; };' >own.conf
	cd inner
	for config in ../own.conf .././own.conf "$PWD/../own.conf" "$WORK/inner/..//own.conf"; do
		run "$SBX" -c "$config" --rw . sh -c 'cat ../secret; echo x >../written; ls -A ..; df --output=size /tmp'
		[ ! -e ../written ] || fail "$config: written"
		expect_no_line '^(secret|own.conf)$' || return 1
		expect_line "'[.][.]': Permission denied"
		expect_line '^ *1024$'
	done
	run sh -c 'cat ../secret'
	expect_output secret
}
