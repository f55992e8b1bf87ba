#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every error but "not there" is an error: the run is refused, or goes on as if nothing had been.

load ../cli/helper

more_setup() {
	strace -f -o "$WORK/trace" true || skip "strace doesn't work here"
	: >"$WORK/conf" # new, so that the policy is compiled once more
}

# Run sbx-wrap with these system calls failing. With -P: those that concern the path.
with_error() { # CALLS:error=ERROR[:when=N] [-P PATH] -- [ARG...]
	local inject=$1 path=()
	shift
	if [ "$1" = -P ]; then
		path=(-P "$2")
		shift 2
	fi
	run strace -f -qq -o trace "${path[@]}" -e inject="$inject" "$SBX" --config "$WORK/conf" "${@:2}"
	grep -q INJECTED trace || fail "nothing has failed"
}

@test "what the compiler can't look up is an error, not something that isn't there" {
	local path paths=(/proc/keys /etc/passwd "$REAL_HOME" /etc/ld.so.cache /etc/alternatives /etc/hosts /usr)
	! is_root || paths+=(/proc/slabinfo /proc/timer_list)
	for path in "${paths[@]}"; do
		: >conf
		with_error all:error=ENOMEM -P "$path" -- true
		expect_refused '(Cannot allocate|Out of) memory' || return 1
	done
}

@test "what isn't there still isn't missed" {
	local path
	for path in /proc/keys /etc/ld.so.cache /etc/hosts; do
		: >conf
		with_error all:error=ENOENT -P "$path" -- true
		expect_status 0 || return 1
	done
}

@test "an error while compiling leaves no weaker policy in the cache" {
	with_error all:error=ENOMEM -P /proc/keys -- true
	expect_status 125
	run "$SBX" --config "$WORK/conf" cat /proc/keys
	[ "$status" -ne 0 ]
	run "$SBX" --config "$WORK/conf" cat /proc/self/mountinfo
	expect_line ' /proc/keys '
}

@test "capabilities that can't be dropped end the run" {
	local error
	for error in EPERM EINVAL ENOMEM; do
		with_error prctl:error=$error:when=7 -- true
		expect_refused 'capabilities: the bounding set' || return 1
	done
	with_error capget:error=EPERM -- true
	expect_refused 'capabilities: capget'
}

@test "a loader that can't hear signals runs nothing" {
	local call
	for call in signalfd4 rt_sigprocmask; do
		with_error "$call:error=ENOMEM:when=1" -- sh -c 'echo ran >ran'
		expect_refused 'wait: signals: Out of memory' || return 1
		[ ! -e ran ]
	done
}

@test "a call that nobody can answer doesn't wait for ever" {
	with_own_error ioctl:ENOMEM 0 NOTIF_SEND --set 'seccomp.log=["close"]' true
	expect_refused "a call that waits can't be answered"
}

@test "a limit that is built in isn't lost when the kernel's version can't be read" {
	only_user # RLIMIT_NPROC isn't for root
	with_error uname:error=ENOSYS -- true
	expect_refused 'limits: pids'
}

@test "queued signals: a limit that can't be lowered, or given back, ends the run" {
	local error
	for error in EPERM:when=2 EPERM:when=3; do
		with_error "prlimit64:error=$error" -- true
		expect_refused 'limits: queued signals' || return 1
	done
}

# Which of a process's openat calls on the shim is ld.so's, as $LINKED: its last. Root's strace sees the loader's probe
# before it, too.
count_openings() {
	strace -f -qq -e trace=openat -P /run/sbx/libsbx-shim.so -o trace "$SBX" --config conf -p parser true
	LINKED=$(awk '/openat/ { count[$1]++; last = $1 } END { print count[last] }' trace)
}

@test "one error of ld.so's doesn't cost the latch" {
	count_openings
	with_error "openat:error=ENOMEM:when=$LINKED" -P /run/sbx/libsbx-shim.so -- -p parser cat /proc/self/status
	expect_status 0
	[ "$(grep Seccomp_filters <<<"$output")" = "$("$SBX" --config conf -p parser cat /proc/self/status 2>&1 | grep Seccomp_filters)" ]
}

@test "a command that ld.so starts without the shim is killed, not waited for" {
	count_openings
	with_error "openat:error=ENOMEM:when=$LINKED+" -P /run/sbx/libsbx-shim.so -- -p parser sh -c 'while :; do :; done'
	expect_refused 'not acknowledged because ld.so has left the shim out; killed'
}

@test "musl's ld.so, too: the command is killed at once" {
	mkfifo in.pdf # nobody writes it: the command waits in its main
	with_error open:error=ENOMEM -P /run/sbx/libsbx-shim.so -- -p pdftotext "$TOOLS/exploit-musl" in.pdf out.txt
	expect_refused 'not acknowledged because ld.so has left the shim out; killed'
}

@test "where the latch isn't required that is said, and the command runs on" {
	count_openings
	with_error "openat:error=ENOMEM:when=$LINKED+" -P /run/sbx/libsbx-shim.so -- -p parser --latch auto sh -c '
		i=0
		while [ $i -lt 300000 ]; do i=$((i + 1)); done
		echo ran on'
	expect_status 0
	expect_line '^ran on$'
	expect_line 'not acknowledged (because ld.so has left the shim out|before its end); it has the floor alone'
}

@test "an error in looking at the shim isn't a shim that can't be had" {
	only_root
	count_openings
	with_error "openat:error=ENOMEM:when=$((LINKED - 1))" -P /run/sbx/libsbx-shim.so -- -p parser --latch auto true
	expect_refused 'shim: /run/sbx/libsbx-shim.so: Out of memory'
}

@test "what the loader can't look up is an error, not something that isn't there" {
	local path
	for path in "$REAL_HOME/.config" "$SHIM" /etc/passwd; do
		XDG_CONFIG_HOME=$REAL_HOME/.config with_error access,lstat,readlink,openat,openat2:error=EMFILE -P "$path" -- -p parser --latch auto true
		expect_refused '(No file descriptors available|Too many open files)$' || return 1
	done
}

@test "an ELF interpreter that can't be looked at isn't a foreign one" {
	only_x86
	with_error stat:error=ENOMEM -P /lib64/ld-linux-x86-64.so.2 -- -p parser --latch auto true
	expect_status 126
	expect_line '/lib64/ld-linux-x86-64.so.2: Out of memory$'
}

@test "what can't be looked at isn't shown for that: --hide, and a home's dot entries" {
	local looks=lstat,openat2,readlink:error=ENOMEM
	mkdir dir
	echo secret >dir/file
	with_error "$looks" -P "$WORK/dir/file" -- --hide "$WORK/dir/file" --ro "$WORK/dir" cat dir/file
	expect_refused 'Out of memory$'
	run "$SBX" --config conf --hide "$WORK/dir/file" --ro "$WORK/dir" cat dir/file
	[ "$status" -ne 0 ]
	home_scratch .sbx-dot
	with_error "$looks" -P "$HOME_SCRATCH" -- --ro "$REAL_HOME" ls "$HOME_SCRATCH"
	expect_refused 'Out of memory$'
}

# Let one call of sbx-wrap's own process fail: of those that look like the pattern in an undisturbed run the last, or
# that many before it.
with_own_error() { # CALL:ERROR BACK PATTERN [ARG...]
	local call=${1%%:*} nth
	"$SBX" --config conf "${@:4}" || true # compiles
	! declare -F before_error >/dev/null || before_error
	strace -qq -e trace="$call" -o trace "$SBX" --config conf "${@:4}" || true
	nth=$(awk -v call="$call" -v pattern="$3" '
		index($0, call "(") == 1 { count++; if ($0 ~ pattern) nth = count }
		END { print nth }' trace)
	[ -n "$nth" ] || fail "no such call: $(cat trace)"
	! declare -F before_error >/dev/null || before_error
	run strace -qq -o trace -e inject="$call:error=${1#*:}:when=$((nth - $2))" "${MORE_ERRORS[@]}" \
		"$SBX" --config conf "${@:4}"
	grep -q INJECTED trace || fail "nothing has failed"
}

@test "an output that can't be looked at after the run is kept, and not removed without a word" {
	local error pattern back
	make_pdf in.pdf
	pdftotext in.pdf plain.txt
	before_error() { rm out.txt; }
	while read -r error back pattern; do
		with_own_error "$error" "$back" "$pattern" -q pdftotext in.pdf out.txt
		expect_status 125
		expect_line "output: .*can.t be looked at: Out of memory \(it is kept in \.sbx-kept-[0-9a-f]*\)$"
		cmp .sbx-kept-*/out.txt plain.txt || return 1
		rm -r .sbx-kept-*
		touch out.txt
	done <<-'END'
		newfstatat:ENOMEM 0 "out.txt", [{]
		getdents64:ENOMEM 0 [*] 4 entries
	END
}

@test "an output that can't be kept under a name that lasts: that is said" {
	make_pdf in.pdf
	before_error() { rm out.txt; }
	MORE_ERRORS=(-e inject=renameat:error=ENOSPC)
	with_own_error getdents64:ENOMEM 0 "[*] 4 entries" -q pdftotext in.pdf out.txt
	expect_status 125
	expect_line "/\.sbx-stage-[0-9a-f]* can.t be renamed, and the next run removes it: No space left on device$"
	[ -s "$(echo .sbx-stage-*/out.txt)" ]
}

@test "an output that the command has removed and that can't be removed: that is said" {
	echo 'profiles = { own = { args = { outputs = [ "-o" ]; out = "stage"; }; }; };' >conf
	before_error() { [ ! -e out.txt ] && echo old >out.txt; }
	echo old >out.txt
	with_own_error unlinkat:EPERM 0 '"out[.]txt"' -p own sh -c 'rm out.txt' -o out.txt
	expect_status 125
	expect_line 'output: .*/out.txt: removed by the command, but not here: Operation not permitted$'
	[ "$(cat out.txt)" = old ]
}

@test "an output that can't be staged is an error, not one to be written where it is" {
	make_pdf in.pdf
	echo old >out.txt
	with_error linkat:error=ENOMEM -- pdftotext in.pdf out.txt
	expect_refused 'output: .*/out.txt: Out of memory$'
	with_error access:error=ENOMEM -P "$PWD" -- pdftotext in.pdf out.txt
	expect_refused 'Out of memory$'
	with_error flistxattr:error=ENOMEM -- --set args.out=copy pdftotext in.pdf out.txt
	expect_refused 'output: .*/out.txt, while it was copied: Out of memory$'
	[ "$(cat out.txt)" = old ]
}

@test "an error where a cgroup is looked for doesn't cost the limits that are built in" {
	with_error statfs:error=ENOMEM -P /sys/fs/cgroup -- true
	expect_refused 'limits: /sys/fs/cgroup: Out of memory$'
	with_error statfs:error=ENOENT -P /sys/fs/cgroup -- true
	expect_status 0
}

@test "a message that can't be received for a moment, or an end that can't be asked for, hangs nobody" {
	with_error recvmsg:error=ENOMEM:when=1 -- -p parser true
	expect_status 0
	run strace -qq -o trace -e inject=wait4:error=ENOMEM:when=1 "$SBX" --config conf -p parser sh -c 'exit 7'
	grep -q INJECTED trace
	expect_status 7
}

@test "a socket that can't be looked at isn't handed on" {
	local socket='import socket, subprocess, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    sys.exit(subprocess.run(sys.argv[1:], stdin=udp).returncode)'
	run "$PYTHON" -c "$socket" strace -qq -o trace -e inject=getsockopt:error=ENOMEM "$SBX" --config conf echo ran
	expect_refused 'descriptor 0, a socket: Out of memory$'
}

@test "a look into the user database that fails costs no home: it is known all the same, or the run is refused" {
	only_user
	with_error openat:error=EINVAL:when=2 -P /etc/passwd -- cat /proc/self/mountinfo
	if [ "$status" = 0 ]; then
		expect_line " $REAL_HOME rw"
	else # with another glibc it is another look
		expect_refused 'the user database: Invalid argument'
	fi
}
