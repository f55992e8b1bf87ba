#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The latch: what an exploited parser can still do behind it (nothing), and how a run without it is told or refused.

load ../cli/helper

more_setup() {
	make_pdf in.pdf
	echo sibling >sibling.txt
}

# An ordinary program whose ELF interpreter is the hostile one: ./interp
make_interp() {
	gcc -Wl,--dynamic-linker="$TOOLS/hostile" -x c -o interp - <<<'int main(void) { return 0; }'
}

attack() { # OPTION... : the exploit under pdftotext's profile; its findings in $FOUND
	run "$SBX" -p pdftotext "$@" "$TOOLS/exploit" in.pdf out.txt
	FOUND=$(cat out.txt)
}

CODE='mmap_exec mprotect_exec pkey_mprotect_exec memfd_create personality'
NET='socket_inet socket_udp socket_unix socket_netlink'
PROCESSES='fork execveat execve execve_real clone_newuser init_mem init_environ sysctl ptrace keyctl io_uring'
FILES='canary shadow input_write input_chmod input_truncate input_unlink sibling_read sibling_write sibling_unlink
	etc_create usr_create'

@test "pdftotext converts a real PDF" {
	run "$SBX" pdftotext in.pdf out.txt
	expect_status 0
	expect_output ""
	pdftotext in.pdf expected.txt
	cmp out.txt expected.txt
	grep -q 'Hello from a real PDF' out.txt
}

@test "under a parser's profile two filters are in force, floor and latch" {
	run "$SBX" -p pdftotext cat /proc/self/status
	expect_status 0
	expect_line '^NoNewPrivs:	1$'
	expect_line '^Seccomp:	2$'
	[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 2)) ] || fail "not two filters"
	run "$SBX" -p pdftotext --latch off cat /proc/self/status
	[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 1)) ] || fail "not one filter"
}

@test "a latch's filter that has nothing to deny is none, unless the latch is required" {
	run "$SBX" cat /proc/self/status
	[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 1)) ] || fail "not one filter"
	run "$SBX" --latch required cat /proc/self/status
	[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 2)) ] || fail "not two filters"
	run "$SBX" --set map_exec=false cat /proc/self/status # the linker needs it, and what comes after the latch doesn't
	[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 2)) ] || fail "not two filters"
}
@test "where the floor says all no shim is loaded, and nothing of one is to be seen" {
	# shellcheck disable=SC2016
	local look='maps=$(</proc/self/maps); [[ $maps == *libsbx* ]] && echo mapped; [ -e /run/sbx/libsbx-shim.so ] && echo there
		echo "environment: $LD_PRELOAD$SBX_LATCH"'
	run "$SBX" bash -c "$look"
	expect_output 'environment: '
	run "$SBX" --set map_exec=false bash -c "$look" # which takes itself out of the environment
	expect_output $'mapped\nthere\nenvironment: '
	make_interp
	run "$SBX" ./interp <<<nothing
	expect_no_line 'the floor alone'
	run "$SBX" --set map_exec=false ./interp <<<nothing
	expect_line 'the floor alone'
}

@test "PID 1 is out of the target's scope: no signal reaches it, with a latch or without" {
	[ "$(landlock_abi)" -ge 6 ] || skip "Landlock here doesn't scope signals"
	# shellcheck disable=SC2016
	local attempt='for s in 0 TERM CONT 34; do kill -$s 1 && echo "$s reached it"; done; kill -0 $PPID || echo done'
	for option in '--latch off' '--latch auto' '--set map_exec=false'; do
		# shellcheck disable=SC2086
		run "$SBX" $option sh -c "$attempt"
		expect_line '^done$' || fail "$option" || return 1
		expect_no_line 'reached it' || fail "$option" || return 1
	done
	run "$SBX" --as-pid-1 sh -c "$attempt"
	expect_line '^0 reached it$'
}

own_filters() {
	sed -n 's/^Seccomp_filters:\t//p' /proc/self/status
}

@test "the exec that the floor allows is denied by the latch" {
	run "$SBX" -p pdftotext sh -c 'exec "$0" -c "echo ran"' /bin/sh
	[ "$status" -ne 0 ]
	expect_line 'Operation not permitted|Permission denied'
	run "$SBX" -p pdftotext --latch off sh -c 'exec "$0" -c "echo ran"' /bin/sh
	expect_status 0
	expect_output ran
}

@test "a malicious PDF gets an errno for every attempt" {
	home_canary
	attack
	expect_status 0
	# shellcheck disable=SC2086
	expect_none_ok "$FOUND" $CODE $NET $PROCESSES $FILES
	[ "$(outcome "$FOUND" end)" = OK ] || fail "the list is not complete: $FOUND"
	[ "$(cat sibling.txt)" = sibling ]
	head -c 5 in.pdf | grep -q %PDF-
}

@test "a malicious PDF: unwrapped, every attempt that needs no privilege succeeds" {
	home_canary
	chmod 600 in.pdf
	run "$TOOLS/exploit" in.pdf out.txt
	FOUND=$(cat out.txt sibling.txt 2>/dev/null || true)
	expect_all_ok "$FOUND" mmap_exec mprotect_exec memfd_create socket_inet socket_unix canary input_write \
		input_chmod input_unlink sibling_read sibling_write sibling_unlink fork exec_in_child
}

@test "a malicious PDF with the latch off: it was the latch that stopped the exec" {
	home_canary
	attack --latch off --set proc=new # it executes /proc/self/exe
	FOUND=$(cat out.txt)
	# with the latch off the floor still holds: no fork, no sockets, no files; but it allows what exec needs
	[ "$(outcome "$FOUND" mmap_exec)" = OK ] || fail "$FOUND"
	[ "$(outcome "$FOUND" execve)" = ENOENT ] || fail "$FOUND"
	# execve_real succeeded: the program was replaced and never came to the end of its list
	expect_line '^executed$' || return 1
	[ -z "$(outcome "$FOUND" execve_real)" ] || fail "$FOUND"
	[ -z "$(outcome "$FOUND" end)" ] || fail "$FOUND"
	# shellcheck disable=SC2086
	expect_none_ok "$FOUND" $NET $FILES fork ptrace keyctl io_uring
	[ "$(cat sibling.txt)" = sibling ]
}

@test "a program of the other libc latches as well" {
	home_canary
	[ -x "$TOOLS/exploit-musl" ] || fail "exploit-musl was not built"
	run "$SBX" -p pdftotext "$TOOLS/exploit-musl" in.pdf out.txt
	expect_status 0
	FOUND=$(cat out.txt)
	# shellcheck disable=SC2086
	expect_none_ok "$FOUND" $CODE $NET $PROCESSES $FILES
	[ "$(outcome "$FOUND" end)" = OK ] || fail "$FOUND"
}

# ---- hostile from the first instruction: the floor has to hold alone ----

HOSTILE='canary shadow etc_create usr_create init_mem sysctl socket_inet socket_netlink socket_unix mount unshare setns
	ptrace keyctl io_uring bpf fork'

hostile() { # PROGRAM...: under the parser's floor; a path to steal comes on standard input
	run "$SBX" -p pdftotext --latch auto "$@" <<<"$CANARY"
	# shellcheck disable=SC2086
	expect_none_ok "$output" $HOSTILE
	expect_line '^end OK$'
	expect_line '^sbx-wrap: .*latch'
}

@test "unwrapped, the hostile program gets what needs no privilege" {
	home_canary
	run "$TOOLS/hostile" <<<"$CANARY"
	expect_all_ok "$output" canary socket_inet socket_netlink socket_unix unshare keyctl fork
}

@test "a program with an ELF interpreter of its own stays on the floor, which holds" {
	home_canary
	make_interp
	run ./interp <<<"$CANARY"
	[ "$status" -ne 139 ] || skip "this kernel runs no static program as an ELF interpreter"
	hostile ./interp
}

@test "a program is known for one that can latch wherever its headers and its interpreter's name stand in its file" {
	"$PYTHON" - <<-'END'
		import os, struct
		elf = bytearray(open("/usr/bin/true", "rb").read())
		off, count = struct.unpack_from("<Q", elf, 32)[0], struct.unpack_from("<H", elf, 56)[0]
		at = next(i for i in range(off, off + 56 * count, 56) if struct.unpack_from("<I", elf, i)[0] == 3)  # PT_INTERP
		name, size = struct.unpack_from("<Q", elf, at + 8)[0], struct.unpack_from("<Q", elf, at + 32)[0]
		def write(path, tail, field, where):
		    made = elf + tail
		    struct.pack_into("<Q", made, field, where)
		    with open(path, "wb") as out: out.write(made)
		    os.chmod(path, 0o755)
		write("name", elf[name:name + size], at + 8, len(elf))
		write("headers", elf[off:off + 56 * count], 32, len(elf))
		write("cut", elf[name:name + size - 1], at + 8, len(elf))
	END
	run --separate-stderr "$SBX" --stats --set map_exec=false ./name
	expect_status 0
	expect_stderr ', latched$'
	run -127 --separate-stderr "$SBX" --set map_exec=false ./headers # the dynamic linker wants them in memory: it ends
	expect_stderr 'latch: headers: not acknowledged before its end'
	run "$SBX" --latch required ./cut # its name goes on behind the file's end
	expect_status 125
	expect_line 'its ELF headers cannot be read'
}

@test "an IFUNC resolver runs before the latch, and the floor holds" {
	home_canary
	run "$SBX" -p pdftotext "$TOOLS/hostile-ifunc" <<<"$CANARY"
	local found=$output
	# shellcheck disable=SC2086
	expect_none_ok "$found" ${HOSTILE% fork}
	# the exec that the floor allows
	[ "$(outcome "$found" execve)" = ENOENT ]
	expect_line '^main OK$'
}

@test "PREINIT_ARRAY code runs behind the latch" {
	home_canary
	run "$SBX" -p pdftotext "$TOOLS/hostile-preinit" <<<"$CANARY"
	local found=$output
	# shellcheck disable=SC2086
	expect_none_ok "$found" $HOSTILE
	[ "$(outcome "$found" execve)" = EPERM ] || [ "$(outcome "$found" execve)" = EACCES ] || fail "exec was allowed"
	expect_line '^main OK$'
}

# ---- required: no run without the latch ----

@test "latch required: what can't latch is refused with nothing run" {
	home_canary
	local program
	make_interp
	printf '#!%s\n' "$PWD/interp" >script
	chmod +x script
	for program in ./interp ./script; do
		run "$SBX" -p pdftotext --latch required "$program" <<<"$CANARY"
		expect_refused 'latch'
		expect_no_line '^end OK$' || fail "$program ran"
	done
}

@test "latch required: an honest program runs" {
	run "$SBX" --latch required cat in.pdf
	expect_status 0
	run "$SBX" -p pdftotext --latch required cat in.pdf
	expect_status 0
}

@test "latch required in place: the loader waits, and what doesn't latch is killed" {
	needs_in_place
	home_canary
	run "$SBX" -p pdftotext --set 'namespaces=[]' "$TOOLS/exploit" in.pdf /dev/stdout
	expect_status 0
	# shellcheck disable=SC2086
	expect_none_ok "$output" $CODE $NET $FILES fork execve execve_real
	make_interp
	run "$SBX" -p pdftotext --set 'namespaces=[]' ./interp <<<"$CANARY"
	expect_refused 'latch'
	expect_no_line '^end OK$'
}

# ---- a shim that can't be used: never an unconfined run ----

# A copy of the build in which the shim is replaced: $PWD/copy
copy_build() {
	mkdir copy
	cp "$BUILD/sbx-wrap" "$BUILD/sbx-policy" "$BUILD/libsbx-shim.so" copy/
}

@test "a missing shim: refused when required, floor and a warning otherwise" {
	copy_build
	run copy/sbx-wrap true
	expect_status 0
	rm copy/libsbx-shim.so
	run copy/sbx-wrap -p pdftotext --latch required cat in.pdf
	expect_refused 'shim'
	run copy/sbx-wrap -p pdftotext --latch auto cat /proc/self/status
	[ "$status" -eq 125 ] || expect_line '^sbx-wrap: .*shim'
	[ "$status" -eq 125 ] || expect_line '^Seccomp:	2$'
}

@test "an unreadable, truncated or foreign shim is never silently skipped" {
	copy_build
	local kind
	for kind in unreadable empty truncated foreign directory; do
		rm -rf copy/libsbx-shim.so
		case $kind in
		unreadable)
			is_root && continue
			cp "$SHIM" copy/libsbx-shim.so && chmod 000 copy/libsbx-shim.so
			;;
		empty) : >copy/libsbx-shim.so ;;
		truncated) head -c 700 "$SHIM" >copy/libsbx-shim.so ;;
		# e_machine at 18 says what architecture it is for
		foreign) cp "$SHIM" copy/libsbx-shim.so && printf '\x08\x00' | dd of=copy/libsbx-shim.so bs=1 seek=18 conv=notrunc status=none ;;
		directory) mkdir copy/libsbx-shim.so ;;
		esac
		run copy/sbx-wrap -p pdftotext --latch required cat in.pdf
		expect_refused 'shim|latch' || fail "$kind"
		run copy/sbx-wrap -p pdftotext --latch auto cat /proc/self/status
		grep -qE '^sbx-wrap: ' <<<"$output" || fail "$kind: nothing was said"
	done
}

@test "a path with spaces or colons doesn't lose the shim" {
	copy_build
	mv copy 'a b:c'
	run 'a b:c/sbx-wrap' -p pdftotext --latch required cat /proc/self/status
	[ "$status" -eq 125 ] || {
		expect_status 0
		[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 2)) ]
	}
}

@test "a target that has no free descriptor for the shim never runs unlatched in silence" {
	run bash -c 'ulimit -n 4; exec "$SBX" -p pdftotext --latch required cat /proc/self/status'
	if [ "$status" -eq 0 ]; then
		[ "$(sed -n 's/^Seccomp_filters:\t//p' <<<"$output")" = $(($(own_filters) + 2)) ] || fail "ran without the latch"
	else
		expect_line '^sbx-wrap: '
	fi
}

@test "the caller's own LD_PRELOAD is kept behind the shim" {
	run env LD_PRELOAD="$SHIM.caller" "$SBX" env
	expect_line "^LD_PRELOAD=$SHIM.caller\$"
}
