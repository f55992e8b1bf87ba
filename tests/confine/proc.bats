#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Processes and /proc: only the sandbox is visible, PID 1 gives nothing away, /proc changes nothing.

load ../cli/helper

# Landlock alone stops much of what is tried at /proc/1. Without it the reaper has to hold by itself: so every attack
# on it is tried in place of the profile's rights with a layer less as well. best_effort can't switch a layer off where
# the kernel has it, so the kernel's answer is made to fail: seccomp's filter of the outer process says ENOSYS.
without_landlock() {
	"$TOOLS/nolandlock" "$SBX" --best-effort landlock "$@"
}

@test "ps shows only the sandbox" {
	run "$SBX" ps -e -o pid=,comm=
	expect_status 0
	expect_line ' ps$'
	[ "$(wc -l <<<"$output")" -le 3 ] || fail "more than the reaper and ps"
	expect_no_line 'bats'
}

@test "processes of the host can't be signalled" {
	background sleep 1000
	local victim=$JOB
	run "$SBX" sh -c "kill -9 $victim; kill -9 -1; echo done"
	kill -0 "$victim"
}

@test "kill(0) doesn't reach the caller" {
	run "$SBX" sh -c 'trap "" TERM; kill 0; echo survived'
	expect_line survived
}

@test "/proc/1 gives the target nothing: environ, mem, fd, root, maps" {
	export SBX_TEST_MARK=1 MY_TOKEN=topsecret VISIBLE_MARK=seen
	run "$SBX" sh -c '
		for file in environ mem maps auxv cmdline; do
			cat /proc/1/$file 2>/dev/null | tr "\0" "\n" | grep -a -E "topsecret|VISIBLE_MARK" && echo LEAK $file
		done
		for link in /proc/1/fd/* /proc/1/root /proc/1/cwd /proc/1/exe; do
			readlink $link 2>/dev/null && echo LEAK $link
		done
		ls /proc/1/root/ /proc/1/cwd/ 2>/dev/null | grep . && echo LEAK listing
		(exec 3<>/proc/1/mem) 2>/dev/null && echo LEAK mem
		(exec 3</proc/1/environ) 2>/dev/null && cat /proc/1/environ && echo LEAK environ opened
		true'
	expect_status 0
	expect_no_line 'LEAK|topsecret'
}

@test "/proc/1 gives the target nothing with Landlock off" {
	export MY_TOKEN=topsecret VISIBLE_MARK=seen
	run without_landlock sh -c '
		for file in environ mem maps auxv cmdline; do
			cat /proc/1/$file 2>/dev/null | tr "\0" "\n" | grep -a -E "topsecret|VISIBLE_MARK" && echo LEAK $file
		done
		for link in /proc/1/fd/* /proc/1/root /proc/1/cwd /proc/1/exe; do
			readlink $link 2>/dev/null && echo LEAK $link
		done
		ls /proc/1/root/ /proc/1/cwd/ 2>/dev/null | grep . && echo LEAK listing
		(exec 3<>/proc/1/mem) 2>/dev/null && echo LEAK mem
		echo end'
	expect_status 0
	expect_line '^end$'
	expect_no_line 'LEAK|topsecret'
}

@test "with Landlock off the kernel's rights really are off" {
	run without_landlock --rw "$PWD" sh -c 'echo inside'
	expect_status 0
	run "$TOOLS/nolandlock" "$SBX" true
	expect_refused 'landlock'
}

@test "by itself a process that didn't protect itself would be readable" {
	# the same attack on a sibling that is an ordinary process succeeds: the reaper's protection is what stopped it
	# (until it has executed sleep it has the shell's environment)
	run "$TOOLS/nolandlock" "$SBX" --best-effort landlock sh -c '
		MARK=readable sleep 1000 &
		for try in $(seq 600); do tr "\0" "\n" </proc/$!/environ | grep MARK && break; sleep 0.05; done
		kill $!'
	expect_line '^MARK=readable$'
}

@test "/proc/1 can't be killed or traced from inside" {
	run "$SBX" sh -c 'kill -9 1; kill -STOP 1; kill -TERM 1; sleep 0.1; echo alive'
	expect_status 0
	expect_line '^alive$'
}

@test "--as-pid-1 makes the target PID 1" {
	run "$SBX" --as-pid-1 sh -c 'echo "PID is $$"'
	expect_status 0
	expect_output 'PID is 1'
	run "$SBX" sh -c 'echo "PID is $$"'
	expect_no_line 'PID is 1$'
}

@test "--as-pid-1: PR_SET_PDEATHSIG is denied" {
	run "$SBX" --as-pid-1 "$TOOLS/state" pdeathsig
	expect_output 'pdeathsig EPERM'
	run "$SBX" "$TOOLS/state" pdeathsig
	expect_output 'pdeathsig OK'
}

@test "/proc is fresh and mounted nosuid, nodev, noexec, read-only" {
	run "$SBX" sh -c 'grep " /proc " /proc/self/mountinfo'
	expect_status 0
	local option
	for option in nosuid nodev noexec ro; do
		grep -qE " /proc [^-]*\b$option\b" <<<"$output" || fail "not $option"
	done
}

@test "/proc/sys can't be written" {
	run "$SBX" sh -c '
		for file in kernel/core_pattern kernel/hostname kernel/modprobe vm/drop_caches fs/binfmt_misc/register \
			user/max_user_namespaces kernel/ns_last_pid net/ipv4/ip_forward; do
			(exec 3>/proc/sys/$file) 2>/dev/null && echo LEAK $file
		done; true'
	expect_output ""
}

@test "/proc/sys: root can open it for writing when unwrapped" {
	only_root
	run sh -c 'exec 3>>/proc/sys/kernel/core_pattern && echo opened'
	expect_output opened
}

@test "what the kernel shows of the whole machine is masked" {
	local file
	for file in kcore keys timer_list kmsg kpagecount sysrq-trigger kallsyms config.gz interrupts; do
		[ -e "/proc/$file" ] || continue
		run "$SBX" sh -c "head -c 1 /proc/$file | wc -c; (exec 3>/proc/$file) 2>/dev/null && echo LEAK; true"
		expect_no_line 'LEAK' || fail "$file"
		expect_line '^0$' || fail "$file"
	done
}

@test "masks are read-only mounts, whatever they are made from" {
	local options
	for options in '' '--tmpfs /run' '--ro-bind / /'; do
		# shellcheck disable=SC2086
		run "$SBX" $options awk '$5 ~ "^/proc/" { masks++; writable += $6 !~ /^ro,nosuid,nodev,noexec/ }
			END { print (masks > 1), writable + 0 }' /proc/self/mountinfo
		expect_line '^1 0$' || fail "$options"
	done
}

@test "/proc/self is the target's own and useful" {
	run "$SBX" sh -c 'readlink /proc/self/cwd; test -r /proc/self/maps && test -r /proc/cpuinfo && test -r /proc/meminfo && echo readable'
	expect_line "^$PWD\$"
	expect_line '^readable$'
}

# How long what the test starts sleeps, as $OWN: by that it is told from others
sleeper() {
	OWN=$(own_seconds)
	export OWN
}
# the sleeps themselves, not the shells whose arguments name them
two_sleep() {
	[ "$(pgrep -cfx "sleep $1")" = 2 ]
}
not_running() {
	! pgrep -f "$1" >/dev/null
}

@test "the sandbox ends with its target: what it left in the background is gone" {
	sleeper
	run "$SBX" sh -c 'setsid sleep $OWN >/dev/null 2>&1 & setsid nohup sh -c "sleep $OWN" >/dev/null 2>&1 & echo started'
	expect_status 0
	expect_output started
	wait_until not_running "$OWN"
}

@test "SIGKILL of sbx-wrap leaves no orphan" {
	sleeper
	background "$SBX" sh -c 'sleep $OWN & setsid sleep $OWN & wait'
	local wrapper=$JOB
	wait_until two_sleep "$OWN"
	kill -9 "$wrapper"
	wait_until not_running "$OWN"
}

@test "SIGKILL of sbx-wrap leaves no orphan with --as-pid-1" {
	sleeper
	background "$SBX" --as-pid-1 sh -c 'sleep $OWN & wait'
	local wrapper=$JOB
	wait_until pgrep -fx "sleep $OWN"
	kill -9 "$wrapper"
	wait_until not_running "$OWN"
}

@test "SIGTERM to sbx-wrap ends the whole tree" {
	sleeper
	background "$SBX" sh -c 'sleep $OWN & sh -c "sleep $OWN; :" & wait'
	local wrapper=$JOB rc=0
	wait_until two_sleep "$OWN"
	kill -TERM "$wrapper"
	wait "$wrapper" || rc=$?
	[ "$rc" -eq 143 ] || fail "status $rc"
	wait_until not_running "$OWN"
}

# Popen returns when sbx-wrap runs: what comes before is the shell's business.
@test "SIGTERM at any moment of the start ends sbx-wrap" {
	sleeper
	run "$PYTHON" - "$SBX" <<-'END'
		import os, subprocess, sys, time
		for delay in (0, 0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012):
		    job = subprocess.Popen([sys.argv[1], "sleep", os.environ["OWN"]])
		    time.sleep(delay)
		    job.terminate()
		    print(job.wait(60))
	END
	expect_status 0
	[ "$(sort -u <<<"$output")" = -15 ] || fail "ended otherwise"
	wait_until not_running "$OWN"
}
