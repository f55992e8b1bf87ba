#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# seccomp.action and seccomp.log: the waiting loader is asked, and names the call.

load ../cli/helper

more_setup() {
	make_pdf in.pdf
	cat >my.conf <<-'END'
		profiles = {
			few = { inherit = "parser"; match = [ "cat" ]; };
		};
	END
}

@test "kill: the call is named, and the command ends as if the kernel had killed it" {
	run -159 "$SBX" -p pdftotext --set seccomp.action=kill sh -c 'exec /bin/true'
	expect_line '^sbx-wrap: seccomp: sh: sh called execve, which profile pdftotext does not allow; killed$'
	expect_line '^hint: .*--try'
	# it is the action that kills
	run "$SBX" -p pdftotext sh -c 'exec /bin/true'
	[ "$status" -eq 126 ] || [ "$status" -eq 127 ] || fail "an errno was expected"
}

@test "kill: on the floor alone, and for a call that the floor lacks as well" {
	run -159 "$SBX" -p default --latch off --set seccomp.action=kill --set 'seccomp.deny=["...", "getpgrp", "getpgid"]' sh -c 'exec "$PYTHON" -c "import os; os.getpgrp()"'
	expect_line ' called getpg(rp|id), which profile default does not allow; killed$'
	run "$SBX" -p default --latch off --set 'seccomp.deny=["...", "getpgrp", "getpgid"]' "$PYTHON" -c 'import os; os.getpgrp()'
	[ "$status" -ne 159 ]
	run -159 "$SBX" -q --set seccomp.action=kill --set 'seccomp.deny=["...", "socket"]' "$TOOLS/hostile"
	expect_line ' called socket, which'
}

@test "kill: what a child of the command calls counts, and everything ends" {
	run -159 "$SBX" --set seccomp.action=kill --set 'seccomp.deny=["...", "mkdir", "mkdirat"]' \
		sh -c '(mkdir /tmp/x; echo survived) & wait; echo survived'
	expect_line 'mkdir called mkdir(at)?, which'
	expect_no_line survived
}

@test "kill: an honest tool is not affected" {
	pdftotext in.pdf plain.txt
	run "$SBX" --set seccomp.action=kill pdftotext in.pdf out.txt
	expect_status 0
	expect_output ""
	cmp plain.txt out.txt
	run "$SBX" --set seccomp.action=kill sh -c 'echo a | cat; exit 3'
	expect_status 3
	expect_output a
}

@test "kill: what is hard-denied gets its errno, as ever" {
	run "$SBX" --set seccomp.action=kill "$TOOLS/exploit" in.pdf /dev/stdout
	expect_line '^(ptrace|keyctl|io_uring) E|called (ptrace|keyctl|io_uring|socket|personality)'
}

@test "in place the loader waits, to be asked" {
	needs_in_place
	run "$SBX" --set 'namespaces=[]' --set 'seccomp.deny=["...", "mkdir", "mkdirat"]' --set seccomp.action=kill \
		-p default mkdir x
	expect_status 159
	expect_line 'mkdir called mkdir, which profile default does not allow; killed'
	[ ! -e x ]
	run "$SBX" --set 'namespaces=[]' --set 'seccomp.deny=["...", "uname"]' --try uname
	expect_status 0
	expect_line 'let through; this would allow it'
}

@test "log: only with --try, which says that it is no sandbox" {
	run "$SBX" --set seccomp.action=log true
	expect_refused 'is no sandbox'
	expect_line '^hint: .*--try'
	run "$SBX" --try true
	expect_status 0
	expect_line 'this is no sandbox'
}

@test "log: what the allowlist lacks is let through and named" {
	run "$SBX" -c my.conf --try -p few sh -c '/bin/true; (exit 5); exit $?'
	expect_status 5
	expect_line '^seccomp = \{ allow = \[ "...", .*"(clone|vfork|fork)".* \]; \};$'
	# without --try the same fails
	run "$SBX" -c my.conf -p few sh -c '(exit 5); exit $?'
	[ "$status" -ne 5 ]
}

@test "log: a request of ioctl that the list lacks is let through and named by its number" {
	run "$SBX" --try --set 'seccomp.ioctl=[]' sh -c 'test -t 0; test -p /dev/stdin && echo pipe' < <(:)
	expect_line '^pipe$'
	expect_line '^seccomp = \{ ioctl = \[ "...", .*"0x5401".* \]; \};$'
	expect_no_line 'allow = .*"ioctl"'
}

@test "log: what is hard-denied stays denied, and is named" {
	run "$SBX" --try -p pdftotext "$TOOLS/exploit" in.pdf /dev/stdout
	for call in ptrace keyctl io_uring; do
		[ "$(outcome "$output" $call)" = EPERM ] || fail "$call: $(outcome "$output" $call)"
	done
	expect_line '^sbx-wrap: seccomp: denied all the same: .*keyctl.*ptrace'
	# the files stay fenced
	home_canary
	run "$SBX" --try -p pdftotext cat "$CANARY"
	[ "$status" -ne 0 ]
}

@test "seccomp.log: calls are named when they are made, and go on" {
	run "$SBX" --set 'seccomp.log=["uname"]' uname
	expect_status 0
	expect_line '^Linux$'
	expect_line '^sbx-wrap: seccomp: uname called uname, 1 time$'
	run "$SBX" --set 'seccomp.log=["mkdir", "mkdirat"]' true
	expect_output ""
}

@test "a name that a program gives itself is shown without control bytes" {
	run "$SBX" -p default --set 'seccomp.log=["uname"]' "$PYTHON" -c '
import ctypes, os
ctypes.CDLL(None).prctl(15, b"a\x1b[31m\nb")
os.uname()'
	expect_line 'seccomp: .*called uname'
	[[ $output != *$'\e'* ]] || fail "an escape got through"
}

@test "log: what no policy can allow under these circumstances stays denied" {
	# listening without a list of ports to bind
	[ "$(landlock_abi)" -ge 4 ] || skip "Landlock here doesn't know ports"
	local listen='import socket; s = socket.socket(); s.listen()'
	run "$SBX" --try -p default --share-net --set 'net.bind=[]' "$PYTHON" -c "$listen"
	expect_line 'PermissionError'
	run "$SBX" --try -p default --share-net "$PYTHON" -c "$listen"
	expect_status 0
	# the host's IPC
	local attach='import ctypes; print("shm", ctypes.CDLL(None, use_errno=True).shmget(0x5b78, 4096, 0), ctypes.get_errno())'
	run "$SBX" --try -p default --set 'namespaces=["user","mount","pid","net","uts","cgroup"]' "$PYTHON" -c "$attach"
	expect_line '^shm -1 1$'
}
