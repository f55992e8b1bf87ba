#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Files: what is granted can be used, what isn't is not there. Each denied case stands beside the case that works.

load ../cli/helper

# A tree for fsops: $1
make_tree() {
	mkdir -p "$1"/{a/dir,b,empty}
	echo text >"$1/file"
	echo other >"$1/other"
	echo moved >"$1/a/moved"
}
# Everything that fsops tries
CHANGES='write truncate open_trunc create mkdir symlink mkfifo mksock link link_across rename_across rename_dir_across
	rename_exchange tmpfile unlink rmdir'
META='chmod fchmodat2 chown lchown utimensat utime_now setxattr removexattr'

@test "hello from a login shell" {
	run "$SBX" sh -lc 'echo hello'
	expect_status 0
	expect_output hello
}

@test "/tmp is writable inside" {
	run "$SBX" sh -c 'echo text >/tmp/file && cat /tmp/file && mkdir /tmp/dir && mv /tmp/file /tmp/dir/ && ls /tmp/dir'
	expect_status 0
	expect_line '^text$'
	expect_line '^file$'
}

@test "/tmp is private: what is written there is not on the host, nor in the next run" {
	local name=sbx-private-$$-$BATS_TEST_NUMBER
	run "$SBX" sh -c "echo text >/tmp/$name; ls /tmp/$name"
	expect_status 0
	[ ! -e "/tmp/$name" ]
	run "$SBX" ls "/tmp/$name"
	[ "$status" -ne 0 ]
}

@test "the host's /tmp is not there" {
	local name
	name=$(mktemp /tmp/sbx-host.XXXXXX)
	run "$SBX" sh -c 'ls -A /tmp'
	rm -f "$name"
	expect_status 0
	expect_no_line "sbx-host"
}

@test "the host's /tmp: a file in it is there when it is granted" {
	local name
	name=$(mktemp /tmp/sbx-host.XXXXXX)
	echo granted >"$name"
	run "$SBX" --ro "$name" sh -c "cat $name"
	rm -f "$name"
	expect_status 0
	expect_output granted
}

@test "/var/tmp is private like /tmp" {
	local name=sbx-test.$$.$RANDOM
	run "$SBX" sh -c "echo text >/var/tmp/$name; cat /var/tmp/$name; ls -A /var/tmp | wc -l"
	expect_output "text
1"
	[ ! -e "/var/tmp/$name" ]
}

@test "/tmp has a limited number of bytes and of files" {
	run "$SBX" sh -c 'stat -f -c "%b %S %c" /tmp'
	expect_status 0
	# shellcheck disable=SC2086
	set -- $output
	[ $(($1 * $2)) -le $((2 << 30)) ] || fail "more than 2G"
	[ "$3" -le 65536 ] || fail "more than 64k inodes"
}

@test "/etc/shadow cannot be read" {
	run "$SBX" sh -c 'cat /etc/shadow'
	[ "$status" -ne 0 ]
	expect_no_line '^root:'
	run "$SBX" cat /etc/shadow
	[ "$status" -ne 0 ]
	expect_no_line '^root:'
}

@test "/etc/shadow: root can read it unwrapped, and through an explicit grant" {
	only_root
	run cat /etc/shadow
	expect_line '^root:'
	run "$SBX" --ro /etc/shadow cat /etc/shadow
	expect_status 0
	expect_line '^root:'
}

@test "a secret below a dot directory of the home cannot be read" {
	home_canary
	run cat "$CANARY"
	expect_line 'the secret'
	run "$SBX" sh -c 'cat "$CANARY"; ls -la "$(dirname "$CANARY")"'
	[ "$status" -ne 0 ]
	expect_no_line 'the secret'
	expect_no_line ' secret$'
}

@test "a secret below a dot directory is not granted because an argument names it" {
	home_canary
	run --separate-stderr "$SBX" cat "$CANARY"
	[ "$status" -ne 0 ]
	expect_no_line 'the secret'
	expect_stderr 'hint: .*--ro'
}

@test "a secret below a dot directory can be read through an explicit grant" {
	home_canary
	run "$SBX" --ro "$CANARY" cat "$CANARY"
	expect_status 0
	expect_line 'the secret'
}

@test "\$HOME/.ssh cannot be read" {
	[ -n "${SBX_TEST_OWN_HOME-}" ] || skip "the home is not the test's own"
	mkdir -p "$REAL_HOME/.ssh"
	echo "the secret key" >"$REAL_HOME/.ssh/id_test"
	run "$SBX" sh -c 'cat ~/.ssh/id_test'
	[ "$status" -ne 0 ]
	expect_no_line 'secret'
	run --separate-stderr "$SBX" sh -c 'ls -A ~/.ssh ~/.ssh/id_test'
	expect_no_line 'id_test'
	run "$SBX" cat "$REAL_HOME/.ssh/id_test"
	[ "$status" -ne 0 ]
	expect_no_line 'secret'
	run "$SBX" --ro "$REAL_HOME/.ssh" cat "$REAL_HOME/.ssh/id_test"
	rm -rf "$REAL_HOME/.ssh"
	expect_status 0
	expect_output 'the secret key'
}

@test "the home is empty, private and at its own path" {
	cd / # or the way to the current directory would be there
	run --separate-stderr "$SBX" sh -c 'cd ~ && pwd && ls -A . && echo text >new && cat new'
	expect_status 0
	expect_output "$REAL_HOME"$'\n'text
	expect_stderr "^sbx-wrap: private home: $REAL_HOME/new: "
	[ ! -e "$REAL_HOME/new" ]
}

@test "a home cannot be granted whole by an argument" {
	home_scratch sbx-visible
	run "$SBX" ls -A "$REAL_HOME"
	expect_no_line 'sbx-visible'
}

@test "neither / nor a top-level directory is granted by an argument" {
	local path
	cd /
	local list='ls -A /srv /opt /mnt /media /boot /root /var/lib /home/*/ 2>/dev/null | grep -v :' without
	without=$("$SBX" sh -c "$list") || true
	for path in / /usr /var /srv /opt /mnt /boot /root /home; do
		[ -d "$path" ] || continue
		run --separate-stderr "$SBX" sh -c "$list" sh "$path"
		expect_output "$without" || fail "$path"
	done
}

@test "an argument that names a file is granted, its siblings are not" {
	echo one >one
	echo two >two
	run "$SBX" sh -c 'cat "$1"; cat two' sh one
	[ "$status" -ne 0 ]
	expect_line '^one$'
	expect_no_line '^two$'
}

@test "an argument that names a directory is granted with what is below it" {
	mkdir -p dir/sub
	echo deep >dir/sub/file
	run "$SBX" cat dir/sub/../sub/file
	expect_output deep
	run "$SBX" sh -c 'cat "$1/sub/file"' sh "$PWD/dir"
	expect_output deep
	run "$SBX" sh -c 'echo x >"$1/new"' sh dir
	[ "$status" -ne 0 ]
	[ ! -e dir/new ]
}

@test "--set args.grants=false: an argument grants nothing" {
	echo one >one
	run "$SBX" --set args.grants=false cat one
	[ "$status" -ne 0 ]
	expect_no_line '^one$'
}

@test "everything that changes a tree works in a read-write grant" {
	make_tree tree
	run "$SBX" --rw "$PWD/tree" "$TOOLS/fsops" "$PWD/tree"
	expect_status 0
	# from Linux 6.6 on there is fchmodat2(2), and a tmpfs, which may be what we are on, has user attributes
	kernel_from 6.6 || META='chmod chown lchown utimensat utime_now'
	# shellcheck disable=SC2086
	expect_all_ok "$output" read $CHANGES $META
	[ -L tree/new-symlink ]
	[ -p tree/new-fifo ]
	[ -f tree/b/moved ]
	[ ! -e tree/empty ]
}

@test "everything that changes a tree fails in a read-only grant" {
	make_tree tree
	local before
	before=$(find tree -printf '%p %m %y %s %T@ %n\n' | sort)
	run "$SBX" --ro "$PWD/tree" "$TOOLS/fsops" "$PWD/tree"
	expect_status 0
	expect_all_ok "$output" read
	# shellcheck disable=SC2086
	expect_none_ok "$output" $CHANGES $META file_setattr
	[ "$(find tree -printf '%p %m %y %s %T@ %n\n' | sort)" = "$before" ]
}

@test "everything that changes a tree fails in what an argument granted" {
	make_tree tree
	run "$SBX" "$TOOLS/fsops" tree
	expect_status 0
	expect_all_ok "$output" read
	# shellcheck disable=SC2086
	expect_none_ok "$output" $CHANGES $META
}

@test "metadata outside of read-write grants can't be changed" {
	local path
	for path in /usr/bin/env /etc/hosts /usr /proc/self/status /dev/null /etc/passwd "$TOOLS/fsops"; do
		run "$SBX" "$TOOLS/fsops" --meta "$path"
		expect_status 0
		# shellcheck disable=SC2086
		expect_none_ok "$output" $META || fail "$path"
	done
}

@test "metadata can be changed in the private /tmp and home" {
	local path
	for path in /tmp "$REAL_HOME"; do
		run "$SBX" --rox "$TOOLS" sh -c "cd $path && echo x >file && $TOOLS/fsops --meta $path/file"
		expect_all_ok "$output" chmod utimensat utime_now || fail "$path"
	done
}

@test "a rename from a read-write grant into another keeps working, into a read-only one doesn't" {
	mkdir from to readonly
	echo x >from/file
	run "$SBX" --rw "$PWD/from" --rw "$PWD/to" --ro "$PWD/readonly" sh -c 'mv from/file readonly/file'
	[ "$status" -ne 0 ]
	[ -e from/file ]
	[ ! -e readonly/file ]
	run "$SBX" --rw "$PWD/from" --rw "$PWD/to" sh -c 'mv from/file to/file'
	expect_status 0
	[ -e to/file ]
}

@test "a read-write grant is not executable, --rwx is" {
	mkdir dir
	printf '#!/bin/sh\necho ran\n' >dir/script
	cp /bin/true dir/true
	chmod +x dir/*
	run "$SBX" --rw "$PWD/dir" sh -c 'dir/script; dir/true && echo ran'
	expect_no_line '^ran$'
	run "$SBX" --rwx "$PWD/dir" sh -c 'dir/script; dir/true && echo ran'
	expect_status 0
	expect_output $'ran\nran'
	run "$SBX" --rox "$PWD/dir" sh -c 'dir/true && echo ran; echo x >dir/new'
	expect_line '^ran$'
	[ ! -e dir/new ]
}

@test "what is written to /tmp and the home can't be executed" {
	local path
	for path in /tmp "$REAL_HOME" /dev/shm; do
		run "$SBX" sh -c "cp /bin/true $path/x && chmod +x $path/x && $path/x && echo ran"
		expect_no_line '^ran$' || fail "$path"
		run "$SBX" sh -c "cp /bin/true $path/x && /lib64/ld-linux-x86-64.so.2 $path/x && echo ran"
		expect_no_line '^ran$' || fail "$path by ld.so"
	done
	run "$SBX" sh -c 'cp /bin/true /tmp/x && /bin/true && echo ran'
	expect_output ran
}

@test "a protected path below a granted directory is hidden" {
	home_canary
	run "$SBX" --ro "$REAL_HOME" sh -c 'cat "$CANARY"; ls -A "$(dirname "$CANARY")"'
	[ "$status" -ne 0 ]
	expect_no_line 'the secret|^secret$'
	run "$SBX" --ro "$REAL_HOME" --ro "$CANARY" sh -c 'cat "$CANARY"'
	expect_status 0
	expect_line 'the secret'
}

@test "what isn't protected below a granted directory is there" {
	home_scratch sbx-project
	echo text >"$HOME_SCRATCH/readme"
	run "$SBX" --ro "$REAL_HOME" cat "$HOME_SCRATCH/readme"
	expect_output text
}

@test "a key is not granted because an argument names it" {
	echo key >id_rsa
	echo key >server.pem
	run "$SBX" cat id_rsa server.pem
	[ "$status" -ne 0 ]
	expect_no_line '^key$'
	run "$SBX" --ro "$PWD/id_rsa" cat id_rsa
	expect_output key
}

@test "--hide refuses what is each process's own" {
	local path
	for path in /proc/self /proc/self/maps /proc/net /proc/mounts; do
		run "$SBX" --hide "$path" echo ran
		expect_refused "--hide $path: that is each process's own and can.t be hidden"
	done
}

@test "--hide hides a file and a directory below a grant" {
	mkdir -p dir/secret
	echo a >dir/secret/a
	echo b >dir/b
	echo c >dir/c
	run "$SBX" --rw "$PWD/dir" --hide "$PWD/dir/secret" --hide "$PWD/dir/b" sh -c 'cat dir/secret/a dir/b dir/c'

	expect_line "^c$"
	expect_no_line "^[ab]$"
	run "$SBX" --rw "$PWD/dir" --hide "$PWD/dir/secret" sh -c 'mv dir/secret dir/moved; cat dir/moved/a dir/secret/a'
	expect_no_line '^a$'
	run "$SBX" --rw "$PWD/dir" sh -c 'cat dir/secret/a dir/b'
	expect_output $'a\nb'
}

@test "the current directory is there, and what would be lost can't be written" {
	run "$SBX" sh -c 'pwd; echo x >lost'
	[ "$status" -ne 0 ]
	[ "${lines[0]}" = "$PWD" ]
	[ ! -e lost ]
	run "$SBX" --rw "$PWD" sh -c 'echo x >kept'
	expect_status 0
	[ -e kept ]
}

@test "a symlink planted in a granted directory leads nowhere new" {
	home_canary
	mkdir dir
	ln -s "$CANARY" dir/link
	ln -s /etc/shadow dir/shadow
	run "$SBX" --rw "$PWD/dir" sh -c 'cat dir/link dir/shadow'
	[ "$status" -ne 0 ]
	expect_no_line 'the secret|^root:'
	run "$SBX" cat dir/link dir/shadow
	[ "$status" -ne 0 ]
	expect_no_line 'the secret|^root:'
}

@test "a symlink as an argument is granted at its target" {
	mkdir data
	echo text >data/file
	ln -s data/file link
	run "$SBX" cat link
	expect_status 0
	expect_output text
}

@test "a name with newlines, spaces and quotes is granted as it is" {
	local name=$'a b\n"c" $(d) \\ \xff,:='
	echo text >"$name"
	run "$SBX" cat "$name"
	expect_status 0
	expect_output text
	run "$SBX" --ro "$PWD/$name" sh -c 'cat "$1"' sh "$name"
	expect_output text
}

@test "a private empty directory in the place of a named one is said" {
	run "$SBX" ls /tmp
	expect_line 'grant: /tmp: a top-level directory, not granted'
	run "$SBX" -p default find "$REAL_HOME" -maxdepth 0
	expect_line "grant: $REAL_HOME: a (whole home|top-level) directory, not granted"
}

@test "a system directory is no output, whoever runs it" {
	only_root
	make_pdf in.pdf
	run "$SBX" pdftotext in.pdf /usr/lib/systemd/sbx-test.service
	[ ! -e /usr/lib/systemd/sbx-test.service ]
	expect_line 'a directory of the system, not granted'
	cp /bin/true /usr/local/bin/sbx-test-true
	run "$SBX" pdftotext in.pdf /usr/local/bin/sbx-test-true
	cmp /bin/true /usr/local/bin/sbx-test-true
	rm /usr/local/bin/sbx-test-true
}
