#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# In place, without namespaces: no fork, and Landlock and seccomp hold by themselves.

load helper

in_place() {
	"$SBX" --set 'namespaces=[]' "$@"
}

@test "the loader becomes the target: the same process" {
	"$SBX" --set 'namespaces=[]' "$TOOLS/state" pid >pid 3>&- &
	local started=$!
	wait $started
	[ "$(cat pid)" = "$started" ]
	"$SBX" "$TOOLS/state" pid >pid 3>&- &
	started=$!
	wait $started
	[ "$(cat pid)" != "$started" ]
}

@test "arguments, status and streams" {
	run in_place sh -c 'echo "$1"; cat; exit 9' sh 'a b' <<<input
	expect_status 9
	expect_output $'a b\ninput'
}

@test "what isn't granted can't be read" {
	home_canary
	run in_place cat "$CANARY"
	[ "$status" -ne 0 ]
	expect_no_line 'the secret'
	run in_place sh -c 'cat "$CANARY" /etc/shadow'
	expect_no_line 'the secret|^root:'
	run in_place --ro "$CANARY" cat "$CANARY"
	expect_line 'the secret'
}

@test "what isn't granted can't be written" {
	echo one >one
	run in_place sh -c 'echo x >one; echo x >two; echo x >/tmp/sbx-in-place' one
	[ "$(cat one)" = one ]
	[ ! -e two ]
	[ ! -e /tmp/sbx-in-place ]
	run in_place --rw "$PWD" sh -c 'echo x >two'
	expect_status 0
	[ -e two ]
}

@test "metadata can't be changed at all, there being no read-only mount" {
	mkdir -p tree/{a/dir,b,empty}
	echo x >tree/file
	echo x >tree/other
	echo x >tree/a/moved
	run in_place "$TOOLS/fsops" --meta "$PWD/tree/file"
	expect_none_ok "$output" chmod fchmodat2 chown lchown utimensat setxattr removexattr
	run in_place --rw "$PWD/tree" "$TOOLS/fsops" "$PWD/tree"
	expect_all_ok "$output" read write truncate open_trunc create mkdir symlink mkfifo link rename_across unlink rmdir
	expect_none_ok "$output" chmod fchmodat2 chown lchown utimensat setxattr removexattr
}

@test "no network" {
	run in_place "$TOOLS/netprobe" 1 1 x /x
	expect_none_ok "$output" tcp mptcp udp udp_unconnected raw packet netlink abstract pathname
	run in_place "$PYTHON" -c 'import socket; s = socket.socket(); print("made")'
	expect_no_line '^made$'
}

@test "processes outside can't be signalled" {
	[ "$(landlock_abi)" -ge 6 ] || skip "Landlock here doesn't scope signals"
	background sleep 1000
	run in_place sh -c "kill $JOB"
	[ "$status" -ne 0 ]
	kill -0 "$JOB"
	run kill "$JOB"
	expect_status 0
}

@test "dangerous system calls are denied" {
	run in_place "$TOOLS/syscalls"
	expect_no_line ' OK$'
	run in_place cat /proc/self/status
	expect_line '^NoNewPrivs:	1$'
	expect_line '^Seccomp:	2$'
	expect_line '^CapEff:	0000000000000000$'
}

@test "the latch latches in place too" {
	run in_place --set map_exec=false cat /proc/self/status
	expect_status 0
	local own
	own=$(sed -n 's/^Seccomp_filters:\t//p' /proc/self/status)
	[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $((own + 2)) ]
}

@test "what needs namespaces is refused in place" {
	run in_place --as-pid-1 true
	expect_refused 'as_pid_1|as-pid-1|namespace'
	run in_place --map-root true
	expect_refused 'map_root|map-root|namespace'
	run in_place --tmpfs /mnt/x true
	expect_refused 'tmpfs|namespace'
	run in_place --hide /usr true
	expect_refused 'hide|namespace'
	run in_place --ro-bind /usr /mnt true
	expect_refused 'bind|namespace'
}

@test "127 and 126" {
	run in_place no-such-command
	expect_status 127
	run in_place /usr
	expect_status 126
}

@test "a shim that can't be mapped is said, in place too" {
	only_root # in a user namespace the linker isn't root's either, which is said before
	run unshare -m sh -c 'mount --bind "$SHIM" "$SHIM" && mount -o remount,bind,noexec "$SHIM" &&
		"$SBX" --set "namespaces=[]" --set map_exec=false -p default grep Seccomp_filters /proc/self/status'
	expect_status 0
	expect_line '^sbx-wrap: shim: .*libsbx-shim.so: Operation not permitted'
	expect_line '^Seccomp_filters:.*1$'
}

@test "every profile runs without namespaces, those that require the latch too" {
	needs_in_place
	make_pdf in.pdf
	echo '{"a":1}' >in.json
	echo '<a>text</a>' >in.xml
	echo text >in.txt
	zip -q in.zip in.txt
	gzip -k in.txt
	local tool plain
	while read -r tool; do
		# shellcheck disable=SC2086
		plain=$(eval "$tool" 2>&1) || fail "plain: $tool: $plain" || return 1
		# shellcheck disable=SC2086
		run --separate-stderr bash -c "exec \"$SBX\" -q --set 'namespaces=[]' $tool"
		expect_status 0 || fail "$tool: $stderr" || return 1
		[ "$output" = "$plain" ] || fail "$tool: $output" || return 1
	done <<-'END'
		pdftotext in.pdf -
		pdfinfo in.pdf
		jq .a in.json
		xmllint --xpath '/a/text()' in.xml
		gzip -dc in.txt.gz
		unzip -p in.zip
		7z t -bso0 in.zip
		sqlite3 :memory: 'select 1'
		qpdf --check in.pdf
		sed s/t/T/ in.txt
		sort in.txt
		/usr/bin/python3 -c 'print(1+1)'
	END
}

@test "an output that needs a private root is refused by name, and what is said helps" {
	needs_in_place
	make_pdf in.pdf
	run in_place pdftotext in.pdf out.txt
	expect_refused "output: $PWD/out.txt: a new output needs a private root, and there is none in place: --rw $PWD"
	run in_place --rw "$PWD" pdftotext in.pdf out.txt
	expect_status 0
	grep -q 'Hello from a real PDF' out.txt
	: >out.txt # one that is there
	run in_place pdftotext in.pdf out.txt
	expect_status 0
	grep -q 'Hello from a real PDF' out.txt
}

@test "with a loader that waits: the status is the command's, and nothing it starts sees into the loader" {
	needs_in_place
	run in_place --stats -q sh -c 'exit 7'
	expect_status 7
	run in_place --latch required sh -c 'kill -TERM $$'
	expect_status 143
	# shellcheck disable=SC2016
	run env CANARY=canary "$SBX" --set 'namespaces=[]' --set 'env.drop=["CANARY"]' --latch required \
		sh -c 'cat /proc/$PPID/environ | tr "\0" "\n"; ls -l /proc/$PPID/fd; kill -9 $PPID; echo end'
	expect_line '^end$'
	expect_no_line 'CANARY|->'
}

@test "a stricter grant inside a wider one is refused in place, in whatever order" {
	needs_in_place
	mkdir -p dir/sub
	echo text >dir/sub/file
	local options
	for options in '--rw dir --ro dir/sub' '--ro dir/sub --rw dir' '--rw dir --ro dir/sub/file' '--ro dir --rw dir' '--rox dir --ro dir/sub'; do
		# shellcheck disable=SC2086 # words
		run "$SBX" --set 'namespaces=[]' $options cat dir/sub/file
		expect_refused '^sbx-wrap: grant: --r.* dir.*: without the mount namespace a stricter grant inside a wider one holds nothing$'
	done
	for options in '--ro dir --rw dir/sub' '--rw dir/sub --ro dir' '--ro dir/sub/file --ro dir' '--ro dir --rox dir/sub'; do
		# shellcheck disable=SC2086 # words
		run "$SBX" --set 'namespaces=[]' $options cat dir/sub/file
		expect_output text
	done
}
