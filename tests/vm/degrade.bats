#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Machines that lack something, as the table tests/vm/variants boots them: what is said, that nothing runs, and what
# best_effort gives. SBX_VM_VARIANT names the machine; the tests of the others are skipped.

load ../cli/helper

on() { # VARIANT...
	[[ " $* " == *" ${SBX_VM_VARIANT-} "* ]] || skip "another machine's"
}

# Status 125, nothing ran, and this is all that is said
expect_said() { # TEXT
	expect_status 125
	expect_output "$1"
}

doctor_says() { # LAYER VERDICT PATTERN
	run "$POLICY" doctor
	expect_line "^$1 +$2 .*" || return 1
	grep -A 1 -E "^$1 +$2 " <<<"$output" | grep -qE -- "$3" || fail "expected of $1: $3"
}

NO_LANDLOCK='sbx-policy: layer landlock: this kernel has none; use Linux 5.13 or newer with landlock in its lsm= list, or (from 5.12 on) list "landlock" in best_effort'
IN_PLACE="--set 'namespaces=[]' does without, on Landlock and seccomp alone"

# ---- Landlock ----

@test "no Landlock: nothing runs, in a private root or in place" {
	on landlock-unknown landlock-off
	run "$SBX" echo ran
	expect_said "$NO_LANDLOCK"
	run "$SBX" --set 'namespaces=[]' echo ran
	expect_said "$NO_LANDLOCK"
}

@test "Landlock switched off: best_effort leaves the private root, the network and the filters" {
	on landlock-off
	doctor_says landlock FAIL 'Operation not supported|boot with landlock in lsm='
	home_canary
	run "$SBX" --best-effort landlock true
	expect_status 0
	expect_output 'sbx-wrap: landlock: not to be had: Not supported; runs without it, as best_effort says'
	run "$SBX" -q --best-effort landlock cat "$CANARY" /etc/shadow
	[ "$status" -ne 0 ]
	expect_no_line 'the secret|^root:'
	run "$SBX" --best-effort landlock --ro "$CANARY" cat "$CANARY"
	expect_line 'the secret'
	make_pdf in.pdf
	run "$SBX" -q -p pdftotext --best-effort landlock "$TOOLS/exploit" in.pdf out.txt
	expect_status 0
	expect_none_ok "$(cat out.txt)" fork mmap_exec socket_inet socket_unix sibling_read sibling_unlink input_write ptrace keyctl
}

@test "a kernel without Landlock that is too old for the rest as well: best_effort says so" {
	on landlock-unknown
	doctor_says landlock FAIL 'Function not implemented|use Linux 5.13 or newer'
	doctor_says mounts FAIL 'use Linux 5.12 or newer'
	run "$SBX" --best-effort landlock echo ran
	expect_said "sbx-wrap: landlock: not to be had: Function not implemented; runs without it, as best_effort says
sbx-wrap: private root: /: Function not implemented
hint: this kernel can't make mounts read-only as a tree: use Linux 5.12 or newer"
	run "$SBX" --best-effort landlock --set 'namespaces=[]' echo ran
	expect_said "sbx-wrap: landlock: not to be had: Function not implemented; runs without it, as best_effort says
sbx-wrap: file descriptors: close_range: Function not implemented
hint: this kernel can't keep descriptors from the command: use Linux 5.11 or newer"
}

# ---- user namespaces ----

LIMIT="sbx-wrap: clone: new namespaces: No space left on device
hint: a limit of namespaces is reached: raise user.max_user_namespaces and its kin with sysctl, as root; $IN_PLACE"
FORBIDDEN="sbx-wrap: clone: new namespaces: Operation not permitted
hint: this kernel or container forbids user namespaces: sbx-policy doctor tells what to change; $IN_PLACE"

refused_and_in_place() { # MESSAGE
	run "$SBX" echo ran
	expect_said "$1" || return 1
	# what best_effort may name doesn't help, and isn't said to be dropped
	run "$SBX" --best-effort net,uts,ipc,cgroup,proc,landlock,keyring,nesting echo ran
	expect_said "$1" || return 1
	run "$SBX" --best-effort user echo ran
	expect_refused "user, mount, pid and seccomp can't just be missing" || return 1
	# the hint's remedy
	home_canary
	run "$SBX" --set 'namespaces=[]' sh -c 'echo ran; cat "$CANARY"; cat /etc/shadow'
	expect_line '^ran$' || return 1
	expect_no_line 'the secret|^root:' || return 1
	make_pdf in.pdf
	run "$SBX" -q -p pdfinfo --set 'namespaces=[]' --latch auto "$TOOLS/exploit" in.pdf /dev/stdout
	expect_none_ok "$output" fork mmap_exec socket_inet socket_unix sibling_read sibling_unlink input_write ptrace keyctl
}

@test "no user namespace left: nothing runs, in place it does" {
	on userns-limit
	refused_and_in_place "$LIMIT"
	doctor_says user FAIL 'user.max_user_namespaces is 0 or used up: raise it'
	expect_no_line '^(proc|nesting) '
}

@test "user namespaces forbidden: nothing runs as a user, in place it does" {
	only_user
	on userns-forbidden
	refused_and_in_place "$FORBIDDEN"
	doctor_says user FAIL 'sysctl kernel.unprivileged_userns_clone=1'
	expect_no_line '^(proc|nesting) '
}

@test "user namespaces forbidden to users: root has them" {
	only_root
	on userns-forbidden
	run "$SBX" readlink /proc/self/ns/user
	expect_status 0
	[ "$output" != "$(readlink /proc/self/ns/user)" ]
}

# ---- nothing that a layer needs ----

@test "without the memory controller, and without the 32-bit entry, all layers are there" {
	on no-memory-cgroup no-32-bit
	run "$SBX" echo ran
	expect_status 0
	expect_output ran
	run "$POLICY" doctor
	expect_status 0
	expect_no_line FAIL
}

@test "without the memory controller its limit is refused, and the others hold" {
	on no-memory-cgroup
	run "$SBX" --memory 64M echo ran
	expect_refused '^sbx-wrap: limits: memory = 64M can.t be held: no controller for it is to be had in the cgroup above this one$'
	expect_line '^hint: .*--best-effort limits'
	expect_no_line '^ran'
	run "$SBX" --pids 50 --timeout 60s echo ran
	expect_status 0
	run "$POLICY" doctor
	expect_line '-- +limits\.memory: can.t be held'
	expect_line 'ok +limits\.pids: held by '
}
