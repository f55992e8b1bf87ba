#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --status-fd and --stats: valid JSON with the documented keys, whatever happens and whatever the command is called.

load ../cli/helper

# One run: two lines, or one when nothing was started; of the end, what the jq expression says.
status_of() { # EXPRESSION OPTION... CMD...
	local wanted=$1
	shift
	rm -f status.json
	"$SBX" --status-fd 7 "$@" 7>status.json >/dev/null 2>&1 </dev/null || true
	jq -es 'length > 0 and (.[-1] | .event == "end" and .schema == 1 and
		(.how | IN("exited", "signaled", "timeout", "failed")) and (.status | type == "number") and
		([.wall, .user, .system] | all(type == "number")) and (.latched | type == "boolean") and
		([.peak_memory, .largest_process, .read, .written, .peak_pids, .killed_for_memory, .refused_pids] |
			all(type == "number" or type == "null")) and
		([.signal, .reason, .error] | all(type == "string" or type == "null")) and
		([.left.home, .left.tmp, .left.var_tmp] | all(. == null or (.entries >= 0 and .bytes >= 0))))
		and (length == 1 or (.[0] | .event == "start" and (.pid | type == "number") and (.arguments | length > 0) and
			(.limits.memory | has("held") and has("value")) and (.layers.namespaces | type == "array")))' \
		status.json >/dev/null || fail "not of the schema: $(cat status.json)"
	jq -es ".[-1] | $wanted" status.json >/dev/null || fail "not so: $wanted: $(cat status.json)"
}

@test "status: ends of all kinds" {
	local n signal
	for n in 0 1 42 125 255; do
		status_of ".how == \"exited\" and .status == $n and .reason == null" sh -c "exit $n"
	done
	for signal in TERM KILL HUP USR1 USR2; do
		status_of ".how == \"signaled\" and .signal == \"$signal\"" sh -c "kill -$signal \$\$"
	done
	for signal in SEGV ABRT FPE ILL BUS; do
		status_of ".signal == \"$signal\" and .reason == \"signal\"" sh -c "kill -$signal \$\$"
	done
	status_of '.how == "failed" and .status == 127 and .reason == "target"' no-such-command-here
	status_of '.how == "failed" and .status == 126' /etc/passwd
	status_of '.how == "failed" and .status == 125 and (.error | length > 0)' --set nonsense=1 true
	status_of '.how == "failed" and .status == 125 and .reason == "grant"' --ro ./absent true
	status_of '.how == "timeout" and .status == 124 and .reason == "wall"' --timeout 0.3s sleep 50
	status_of '.reason == "cpu_time"' --set limits.cpu_time=1s sh -c 'while :; do :; done'
	status_of '.reason == "file_size"' --set limits.file_size=1K sh -c 'head -c 20K /dev/zero >/tmp/x'
	status_of '.reason == "tmp"' --set limits.tmp=1M sh -c 'head -c 2M /dev/zero >/tmp/x'
	status_of '.reason == "tmp_inodes"' --set limits.tmp_inodes=20 sh -c 'for i in $(seq 30); do : >/tmp/$i; done'
	status_of '.how == "signaled" and .signal == "SYS" and .reason == "seccomp" and (.error | test("uname"))' --set seccomp.action=kill --set 'seccomp.deny=["...","uname"]' uname
}

@test "status: valid whatever the command is called" {
	local name
	for name in 'a b' 'qu"ote' 'back\slash' $'new\nline' $'ctl\x01\x1b[0m' $'bad\xff\xc0\xaf' $'\xed\xa0\x80' 'ünï' '{"event":"end"}'; do
		printf '#!/bin/sh\nexit 3\n' >"$name"
		chmod +x "$name"
		status_of '.status == 3' "./$name" "$name"
		[ "$(wc -l <status.json)" = 2 ] || fail "$(cat status.json)"
	done
	jq -es '.[0].arguments[1] == "{\"event\":\"end\"}"' status.json
}

@test "status: the command doesn't get the descriptor, and can't write to it" {
	run bash -c '"$SBX" --status-fd 7 sh -c "ls /proc/self/fd; x=for; echo \${x}ged >&7" 7>status.json'
	expect_no_line '^7$'
	run ! grep -q forged status.json
}

@test "status: a descriptor that isn't open, or can't be written, is an error" {
	run bash -c '"$SBX" --status-fd 7 true 7>&-'
	expect_refused 'status-fd'
	run bash -c '"$SBX" --status-fd 7 true 7</dev/null'
	expect_refused 'status-fd'
	run "$SBX" --status-fd x true
	expect_refused 'status-fd'
	run "$SBX" --status-fd 2 true
	expect_refused 'status-fd takes a number from 3 up'
}

@test "status: a reader that is gone changes nothing" {
	run bash -c '"$SBX" --status-fd 7 sh -c "sleep 0.2; exit 5" 7> >(exec true)'
	expect_status 5
}

@test "status and stats in place: the loader waits" {
	needs_in_place
	run --separate-stderr "$SBX" --set 'namespaces=[]' --stats -p pdfinfo --latch required cat /proc/self/status
	expect_status 0
	expect_stderr '^  layers     no namespaces, Landlock ABI [0-9]+, seccomp, latched$'
	run bash -c '"$SBX" --set "namespaces=[]" --status-fd 7 sh -c "exit 3" 7>status.json'
	expect_status 3
	jq -es '.[-1] | .how == "exited" and .status == 3' status.json
}

@test "stats: what was used, and what holds each limit" {
	run --separate-stderr "$SBX" --stats --timeout 60s sh -c 'exit 4'
	expect_status 4
	expect_stderr '^  time       wall [0-9.]+ s, user '
	expect_stderr '^  memory     peak '
	expect_stderr '^  layers     user mount pid net .*, floor, nothing left to latch$'
	expect_stderr '^  limit      wall 60s: held by the loader$'
	expect_stderr '^  limit      core 0: held by the rlimit$'
	run --separate-stderr "$SBX" --stats --set map_exec=false sh -c 'exit 4'
	expect_stderr '^  layers     user mount pid net .*, latched$'
	run --separate-stderr "$SBX" --stats --set map_exec=false --latch off sh -c 'exit 4'
	expect_stderr '^  layers     user mount pid net .*, floor only$'
}

@test "status: a reader that takes nothing, or takes it late, stops nobody" {
	run timeout -s KILL 60 "$PYTHON" - <<-'END'
		import os, signal, subprocess, sys, time
		sbx = os.environ["SBX"]
		def run(*args, full):
		    r, w = os.pipe()
		    if full:
		        os.set_blocking(w, False)
		        try:
		            while True: os.write(w, b"\n" * 4096)
		        except BlockingIOError: pass
		        os.set_blocking(w, True)
		    child = subprocess.Popen([sbx, "--status-fd", str(w), *args], pass_fds=[w], stderr=subprocess.PIPE)
		    os.close(w)
		    return r, child
		r, child = run("--timeout", "1s", "sleep", "60", full=True)
		assert child.wait() == 124, child.returncode
		assert b"its reader takes nothing" in child.stderr.read()
		r, child = run("sleep", "60", full=True)
		time.sleep(0.5)
		child.send_signal(signal.SIGTERM)
		assert child.wait() == -signal.SIGTERM, child.returncode
		r, child = run("true", "x" * 100000, full=False)
		time.sleep(0.5)
		with os.fdopen(r) as reader: lines = reader.read().splitlines()
		assert child.wait() == 0
		import json
		start, end = map(json.loads, lines)
		assert start["arguments"][1] == "x" * 100000 and end["how"] == "exited"
		print("fine")
	END
	expect_output fine
}

@test "status: a descriptor that can't take the lines stops nobody, and is told" {
	run --separate-stderr timeout -s KILL 60 "$SBX" --status-fd 3 sh -c 'exit 4' 3>/dev/full
	expect_status 4
	expect_stderr '^sbx-wrap: options: --status-fd: No space left on device; the lines are incomplete$'
	# The memory of a process that has executed something else takes 0 bytes of any write, and poll(2) says it is ready.
	run --separate-stderr timeout -s KILL 60 bash -c 'exec 3<>/proc/self/mem; exec "$SBX" --status-fd 3 sh -c "exit 4"'
	expect_status 4
	expect_stderr '^sbx-wrap: options: --status-fd: I/O error; the lines are incomplete$'
}

@test "stats: nothing is said of what never started" {
	run --separate-stderr "$SBX" --stats --ro ./absent true
	expect_status 125
	run ! grep -q 'stats:' <<<"$stderr"
}
