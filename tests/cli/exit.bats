#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How a run ends: the target's own status, its death by a signal, and the four statuses of sbx itself.

load helper

@test "the exit status is the target's" {
	local n
	for n in 0 1 2 42 124 125 126 127 128 130 255; do
		run --separate-stderr "$SBX" sh -c "exit $n"
		expect_status "$n"
		expect_no_stderr
	done
}

@test "a target that dies by a signal makes sbx-wrap die by it" {
	local signal
	for signal in TERM KILL INT HUP SEGV ABRT PIPE USR1 ALRM QUIT; do
		run "$PYTHON" "$SPAWN" -- "$SBX" sh -c "kill -$signal \$\$"
		expect_line "^signaled $(kill -l $signal)\$" || fail "$signal"
	done
}

@test "a target that dies by a signal leaves no core of sbx-wrap" {
	ulimit -c unlimited
	run "$SBX" sh -c 'kill -SEGV $$'
	expect_status 139
	[ -z "$(ls -A)" ]
}

@test "in a shell the status of a death by signal is 128+n" {
	run sh -c '"$SBX" sh -c "kill -TERM \$\$"; echo $?'
	expect_line '^143$'
}

@test "127: not found" {
	run --separate-stderr "$SBX" no-such-command-here
	expect_status 127
	expect_stderr '^sbx-wrap: .*no-such-command-here'
	run "$SBX" ./absent
	expect_status 127
	run "$SBX" /nonexistent/x
	expect_status 127
}

@test "127: PATH without the command, PATH empty, PATH unset" {
	PATH=/nonexistent run "$SBX" ls
	expect_status 127
	PATH='' run "$SBX" ls
	expect_status 127
	mkdir bin
	printf '#!/bin/sh\necho mine\n' >bin/mine
	chmod +x bin/mine
	PATH="$PWD/bin:$PATH" run "$SBX" mine
	expect_output mine
	# a directory that can't be looked into hides no command that there is
	mkdir shut
	cp /bin/true shut/hidden
	chmod 0 shut
	PATH="$PWD/shut:/usr/bin:/bin" run "$SBX" no-such-command
	expect_status 127
	chmod 700 shut
	run env -u PATH "$SBX" true
	[ "$status" -eq 0 ] || [ "$status" -eq 127 ]
}

@test "126: a directory, a file that isn't executable" {
	mkdir directory
	run "$SBX" ./directory
	expect_status 126
	expect_line '^sbx-wrap: .*directory'
	run "$SBX" /usr
	expect_status 126
	echo text >file
	run "$SBX" ./file
	expect_status 126
	expect_line '^sbx-wrap: .*file'
}

@test "126: an interpreter that isn't there, a loop of interpreters, rubbish" {
	printf '#!/nonexistent/interpreter\n' >script
	chmod +x script
	run "$SBX" ./script
	[ "$status" -eq 126 ] || [ "$status" -eq 127 ] || fail "status"
	printf '#!%s\n' "$PWD/loop" >loop
	chmod +x loop
	run "$SBX" ./loop
	expect_status 126
	head -c 4096 /dev/urandom >rubbish
	printf '\177ELF' | dd of=rubbish conv=notrunc status=none
	chmod +x rubbish
	run "$SBX" ./rubbish
	expect_status 126
	head -c 40 /bin/true >short
	chmod +x short
	run "$SBX" ./short
	expect_status 126
	: >empty
	chmod +x empty
	run bash -c './empty; echo $?'
	local native=$output
	run "$SBX" ./empty
	expect_status "$native"
}

@test "a script without #! runs as execvp would run it" {
	echo 'echo "ran with $1"' >script
	chmod +x script
	run "$SBX" ./script x
	expect_output 'ran with x'
}

@test "a chain of scripts runs" {
	printf '#!/bin/sh\necho "inner $*"\n' >inner
	printf '#!%s -x\n' "$PWD/inner" >outer
	chmod +x inner outer
	run ./outer a
	local native=$output
	run "$SBX" ./outer a
	expect_output "$native"
}

@test "a script that names sbx-wrap as its interpreter brings no compiler and no shim of its own" {
	local name
	printf '#!/bin/sh\necho planted >&2\nexit 1\n' >sbx-policy
	: >libsbx-shim.so
	chmod +x sbx-policy
	for name in job sbx-wrap; do # root's own file of that name would be believed
		[ $name = job ] || ! is_root || continue
		printf '#!%s sh\necho ran\n' "$SBX" >$name
		chmod +x $name
		run ./$name
		expect_output ran || return 1
		run "$PWD/$name"
		expect_output ran || return 1
	done
}

@test "the target's own file is granted wherever it is" {
	home_scratch sbx-programs
	cp /bin/echo "$HOME_SCRATCH/my-echo"
	run "$SBX" "$HOME_SCRATCH/my-echo" ran
	expect_output ran
	printf '#!/bin/sh\necho "script ran"\n' >"$HOME_SCRATCH/script"
	chmod +x "$HOME_SCRATCH/script"
	run "$SBX" "$HOME_SCRATCH/script"
	expect_output 'script ran'
	PATH="$HOME_SCRATCH:$PATH" run "$SBX" my-echo found
	expect_output found
}

@test "125: sbx's own errors are one line, then a hint" {
	run --separate-stderr "$SBX" --ro /nonexistent/x true
	expect_status 125
	[ "$(grep -c '^sbx-wrap: ' <<<"$stderr")" = 1 ] || fail "not one line"
	expect_output ""
}

@test "a wall of output and a closed pipe end as they do unwrapped" {
	run bash -c 'set -o pipefail; yes | head -1; echo ${PIPESTATUS[0]}'
	local native
	native=$(sort <<<"$output") # where SIGPIPE is ignored yes(1) complains, sooner or later than head(1) prints
	run bash -c '"$SBX" yes | head -1; echo ${PIPESTATUS[0]}'
	[ "$(sort <<<"$output")" = "$native" ] || fail "expected: $native"
}

@test "sbx-wrap survives in nothing: a signal that the target handles is the target's" {
	run "$PYTHON" "$SPAWN" --kill SIGTERM 1000 -- "$SBX" sh -c 'trap "echo handled; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
	expect_line '^handled$'
	expect_line '^exited 9$'
	run "$PYTHON" "$SPAWN" --kill SIGUSR1 1000 -- "$SBX" sh -c 'trap "echo handled; exit 8" USR1; while :; do sleep 0.1; done'
	expect_line '^handled$'
	expect_line '^exited 8$'
}

@test "a small limit on file sizes is an error with a reason, and not an end by SIGXFSZ" {
	run bash -c 'ulimit -f 4; "$1" uname | cat; exit ${PIPESTATUS[0]}' bash "$SBX"
	expect_refused 'File too large'
	run bash -c 'ulimit -f 0; "$1" uname | cat; exit ${PIPESTATUS[0]}' bash "$SBX"
	expect_status 125
}

@test "a stop of the whole group, and a continue of sbx-wrap alone" {
	run "$PYTHON" - "$SBX" <<-'END'
		import os, signal, subprocess, sys, time
		job = subprocess.Popen([sys.argv[1], "sleep", "0.3"], start_new_session=True)
		time.sleep(0.1)
		os.killpg(job.pid, signal.SIGSTOP)
		time.sleep(0.1)
		os.kill(job.pid, signal.SIGCONT)
		print(job.wait(60))
	END
	expect_output 0
}

@test "a child of the command's that stops doesn't stop sbx-wrap, without a reaper and without scopes" {
	for pause in 0 0.01 0.02 0.05; do
		# shellcheck disable=SC2016
		run timeout -s KILL 60 "$TOOLS/nolandlock" "$SBX" -q --as-pid-1 --best-effort landlock \
			sh -c 'sleep "$0"; sh -c "kill -STOP \$\$" & sleep 0.1; kill -KILL $!; exit 7' "$pause"
		expect_status 7 || fail "$pause" || return 1
	done
}
