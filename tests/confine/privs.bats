#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Privileges: none is left, none can be had, and the system calls that would give some are gone.

load ../cli/helper

@test "no_new_privs, seccomp and no capability" {
	run "$SBX" cat /proc/self/status
	expect_status 0
	expect_line '^NoNewPrivs:	1$'
	expect_line '^Seccomp:	2$'
	local set
	for set in Inh Prm Eff Amb; do
		expect_line "^Cap$set:	0000000000000000\$" || return 1
	done
	expect_line '^CapBnd:	0000000000000000$'
	run "$SBX" --map-root cat /proc/self/status
	expect_line '^CapBnd:	0000000000000000$'
}

@test "in place, root's bounding set is empty; a user's can't be changed, and gives nothing" {
	needs_in_place
	run "$SBX" --set 'namespaces=[]' cat /proc/self/status
	expect_line '^NoNewPrivs:	1$'
	expect_line '^CapEff:	0000000000000000$'
	! is_root || expect_line '^CapBnd:	0000000000000000$'
	is_root || expect_no_line '^CapBnd:	0000000000000000$'
}

@test "unwrapped, root has capabilities and nobody a filter of ours" {
	run cat /proc/self/status
	expect_line '^NoNewPrivs:	0$'
	! is_root || expect_no_line '^CapEff:	0000000000000000$'
}

@test "the caller's id inside, and root with --map-root" {
	run "$SBX" sh -c 'id -u; id -g'
	expect_output "$(id -u)"$'\n'"$(id -g)"
	run "$SBX" --map-root sh -c 'id -u; id -g'
	expect_output $'0\n0'
	run "$SBX" --map-root cat /proc/self/status
	expect_line '^CapEff:	0000000000000000$'
}

@test "--map-root doesn't make root of files" {
	only_user
	run "$SBX" --map-root cat /etc/shadow
	[ "$status" -ne 0 ]
}

@test "as root: no way to act as root outside the grants" {
	only_root
	run "$SBX" sh -c '
		(exec 3>/etc/passwd) 2>/dev/null && echo LEAK passwd
		(exec 3>/usr/bin/env) 2>/dev/null && echo LEAK usr
		mount -t tmpfs tmpfs /tmp 2>/dev/null && echo LEAK mount
		mount -o remount,rw,bind /usr 2>/dev/null && echo LEAK remount
		chroot / true 2>/dev/null && echo LEAK chroot
		date -s 2001-01-01 >/dev/null 2>&1 && echo LEAK date
		(exec 3>/proc/sysrq-trigger) 2>/dev/null && echo LEAK sysrq
		dmesg 2>/dev/null | grep -q . && echo LEAK dmesg
		echo end'
	expect_output end
}

@test "nested user namespaces are off" {
	run "$SBX" unshare -U true
	[ "$status" -ne 0 ]
	run "$SBX" unshare -m true
	[ "$status" -ne 0 ]
	run "$SBX" cat /proc/sys/user/max_user_namespaces
	[ "$status" -ne 0 ] || expect_output 0
}

@test "nested user namespaces: unwrapped they work" {
	run unshare -U true
	expect_status 0
}

# Inside, every call of the table gives an errno of the fence. Outside, whatever the kernel has gives another.
@test "every dangerous system call is denied" {
	local inside outside name got other
	inside=$("$SBX" "$TOOLS/syscalls")
	outside=$("$TOOLS/syscalls")
	[ "$(wc -l <<<"$inside")" = "$(wc -l <<<"$outside")" ] || fail "inside: $inside"
	while read -r name got; do
		other=$(outcome "$outside" "$name")
		case $got in
		EPERM | ENOSYS | EAFNOSUPPORT | EPROTONOSUPPORT | EACCES) ;;
		*) fail "$name is let through: $got" || return 1 ;;
		esac
		case $other in
		ENOSYS | EAFNOSUPPORT | EPROTONOSUPPORT | EACCES) ;; # this kernel hasn't got it
		EPERM) ! is_root || fail "$name gives EPERM outside too: no proof" || return 1 ;;
		"$got") fail "$name gives $got outside too: no proof" || return 1 ;;
		esac
	done <<<"$inside"
}

@test "numbers that no filter knows give ENOSYS, and so does clone3" {
	run "$SBX" "$TOOLS/syscalls"
	[ "$(outcome "$output" unknown_number)" = ENOSYS ]
	[ "$(outcome "$output" clone3)" = ENOSYS ]
}

@test "ioctl: what isn't listed is refused on a terminal of one's own, what is works" {
	local ask='import fcntl, os
m, s = os.openpty()
def ask(name, request, arg):
    try: fcntl.ioctl(s, request, arg); print(name, "OK")
    except OSError as e: print(name, os.strerror(e.errno))
ask("TIOCGWINSZ", 0x5413, bytes(8))
ask("TIOCSWINSZ", 0x5414, bytes(8))
ask("TIOCEXCL", 0x540c, 0)
ask("TCOON", 0x540a, 1)
ask("TCOOFF", 0x540a, 0)'
	run "$SBX" -p default "$PYTHON" -c "$ask"
	expect_output $'TIOCGWINSZ OK\nTIOCSWINSZ OK\nTIOCEXCL Inappropriate ioctl for device\nTCOON OK\nTCOOFF Operation not permitted'
	run "$SBX" -p default --set 'seccomp.ioctl=["...", "TIOCGETD"]' --set 'dev=["null", "tty"]' "$PYTHON" -c \
		'import fcntl, sys; fcntl.ioctl(0, 0x5414, bytes(8))' </dev/null
	expect_line 'Inappropriate ioctl'
	# unwrapped it is the terminal's
	run "$PYTHON" -c "$ask"
	expect_line '^TIOCEXCL OK'
}

@test "ioctl: the bits above 32 don't hide TIOCSTI" {
	run "$SBX" "$TOOLS/syscalls"
	local name
	for name in ioctl_tiocsti ioctl_tiocsti_high ioctl_tioclinux ioctl_tioclinux_high ioctl_tiocsetd; do
		[ "$(outcome "$output" $name)" = EPERM ] || fail "$name"
	done
	run "$TOOLS/syscalls"
	[ "$(outcome "$output" ioctl_tiocsti_high)" = EBADF ]
}

@test "nothing can be typed into the caller's terminal" {
	run "$PYTHON" "$TESTS/tools/ptyjob.py" injection "$SBX" "$TOOLS/syscalls"
	expect_status 0
}

@test "the 32-bit entry kills" {
	only_x86
	run "$TOOLS/syscalls" int80
	[ "$status" -eq 0 ] || skip "this kernel has no 32-bit entry"
	run "$SBX" "$TOOLS/syscalls" int80
	expect_status 159
	expect_no_line getpid
}

@test "x32 numbers kill" {
	only_x86
	run "$TOOLS/syscalls" x32
	expect_status 0
	run "$SBX" "$TOOLS/syscalls" x32
	expect_status 159
	expect_no_line getpid
}

@test "allowing what is never allowed is an error, not a hole" {
	local name
	for name in io_uring_setup ptrace mount keyctl bpf unshare; do
		run "$SBX" --set "seccomp.allow=[\"$name\"]" true
		expect_refused "$name" || return 1
	done
}

@test "seccomp.deny takes away a call that the default gives" {
	local new
	new=$(mktemp -u /tmp/sbx-new.XXXXXX)
	run "$SBX" mkdir "$new"
	expect_status 0
	run "$SBX" --set 'seccomp.deny=["mkdir","mkdirat"]' mkdir "$new"
	[ "$status" -ne 0 ]
	expect_line 'Operation not permitted'
}

@test "the session keyring is not the caller's" {
	run "$SBX" cat /proc/keys
	expect_no_line '[0-9a-f]{8} '
}
