#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Limits: what holds each here, what is refused, what is said when one is met.

load ../cli/helper
load cgroup

nproc_holds() { ! is_root && kernel_from 5.14; }

processes() { # PATTERN: how many run with it in their arguments
	pgrep -fc -- "$1" || true
}

@test "memory without a cgroup: refused, with the remedy" {
	needs_none
	run --separate-stderr "$SBX" --memory 64M echo ran
	expect_refused '^sbx-wrap: limits: memory = 64M can.t be held: '
	expect_stderr '^hint: .*--best-effort limits'
	[ -z "$output" ]
}

@test "swap, cpu and io without a cgroup are refused as well, from a file too" {
	needs_none
	run "$SBX" --cpu 50% true
	expect_refused 'limits: cpu = 50% '
	run "$SBX" --set limits.io=1M true
	expect_refused 'limits: io = 1M '
	echo 'default = { limits = { swap = "1M"; }; };' >own.conf
	run "$SBX" --config own.conf true
	expect_refused 'limits: swap = 1M '
}

@test "best_effort limits: each process is held to the memory, and that is said" {
	needs_none
	run --separate-stderr "$SBX" --memory 64M --best-effort limits sh -c 'ulimit -v'
	expect_status 0
	expect_output 65536
	expect_stderr '^sbx-wrap: limits: memory = 64M: .*each process is held to it by itself'
	run --separate-stderr "$SBX" --memory 64M --best-effort limits "$PYTHON" -c 'bytearray(256 << 20)'
	[ "$status" -ne 0 ]
	run "$SBX" "$PYTHON" -c 'bytearray(256 << 20)'
	expect_status 0
}

@test "memory with a cgroup: what takes more is killed, and one line says so" {
	needs_cgroup
	run --separate-stderr "$SBX" --memory 64M "$PYTHON" -c 'bytearray(256 << 20)'
	expect_status 137
	expect_stderr '^sbx-wrap: limits: memory: limit 64M reached( \(peak .*\))?, 1 process killed$'
	expect_stderr '^hint: --memory SIZE raises it$'
	run --separate-stderr "$SBX" --memory 512M "$PYTHON" -c 'bytearray(256 << 20)'
	expect_status 0
	expect_no_stderr
}

@test "memory with a cgroup: what is written into /tmp counts" {
	needs_cgroup
	run --separate-stderr "$SBX" --memory 32M sh -c 'head -c 100M /dev/zero >/tmp/x'
	[ "$status" -ne 0 ]
	expect_stderr '^sbx-wrap: limits: memory: limit 32M reached'
}

@test "io with a cgroup: the working directory's disk is read and written no faster" {
	[ -n "${SBX_TEST_DISK-}" ] || skip "no disk for tests here"
	cd "$(mktemp -d "$SBX_TEST_DISK/sbx-io.XXXXXX")" || return
	local write='dd if=/dev/zero of=file bs=64k count=640 oflag=direct conv=notrunc status=none'
	local read='dd if=file of=/dev/null bs=64k iflag=direct status=none' work
	if [ "${SBX_VM-}" = systemd ] && ! is_root; then
		run "$SBX" --set limits.io=1M true
		expect_refused 'limits: io = 1M can.t be held: systemd gives no such controller'
		return
	fi
	for work in "$write" "$read"; do # 40 MiB
		# shellcheck disable=SC2086
		run "$SBX" --rw "$PWD" --set limits.io=1G --timeout 100s $work
		expect_status 0
		# shellcheck disable=SC2086
		run "$SBX" --rw "$PWD" --set limits.io=1M --timeout 5s $work
		expect_status 124
	done
	rm file
}

@test "pids with a cgroup: refused processes are reported" {
	needs_cgroup
	run --separate-stderr "$SBX" --pids 10 "$PYTHON" -c 'import os, time
made = 0
try:
    while True:
        if not os.fork():
            time.sleep(2); os._exit(0)
        made += 1
except OSError:
    print(made)
time.sleep(1.5)'
	expect_output 9
	expect_stderr '^sbx-wrap: limits: pids: limit 10 reached$'
}

@test "the cgroup is gone afterwards, also after a killed run and another" {
	needs_cgroup
	"$SBX" --memory 64M true
	background "$SBX" --memory 64M sleep 60
	sleep 1
	kill -9 "$JOB"
	wait "$JOB" 2>/dev/null || true
	sleep 0.5
	"$SBX" --memory 64M true
	[ -z "$(find /sys/fs/cgroup -name 'sbx-*' -path '*' -type d 2>/dev/null)" ] || fail "left: $(find /sys/fs/cgroup -name 'sbx-*' -type d)"
}

@test "the command sees no more of its cgroup than a root" {
	needs_cgroup
	run "$SBX" --memory 64M cat /proc/self/cgroup
	expect_line '^0::/$'
}

@test "pids as an unprivileged user: RLIMIT_NPROC counts in the namespace alone" {
	nproc_holds || skip "only as an unprivileged user"
	needs_none
	run --separate-stderr "$SBX" --pids 10 "$PYTHON" -c 'import os, time
made = 0
try:
    while made < 50:
        if not os.fork():
            time.sleep(2); os._exit(0)
        made += 1
except OSError:
    print(made)
time.sleep(1.5)'
	expect_output 9
	expect_stderr '^sbx-wrap: limits: pids: limit 10 reached$'
	expect_stderr '^hint: --pids N raises it$'
	run --separate-stderr "$SBX" --pids 60 "$PYTHON" -c 'import os
for i in range(50):
    if not os.fork(): os._exit(0)'
	expect_status 0
	expect_no_stderr
}

@test "one process alone may ask, where the kernel counts it and no cgroup does" {
	nproc_holds || skip "only as an unprivileged user"
	needs_none
	run "$SBX" --pids 1 --set seccomp.action=kill echo ran
	expect_output ran
	run "$SBX" --pids 1 sh -c 'echo ran' >>said
	expect_status 0
}

@test "a cgroup counts who hands over what is asked: refused for one process, with the remedy" {
	needs_cgroup
	run "$SBX" --pids 1 --memory 64M --set seccomp.action=kill echo ran
	expect_refused 'seccomp: a helper that hands over what is asked: Resource temporarily unavailable'
	expect_line '^hint: .*raise --pids by one'
}

@test "pids as root without a cgroup: refused" {
	only_root
	needs_none
	run "$SBX" --pids 10 true
	expect_refused 'limits: pids = 10 can.t be held'
}

@test "a fork bomb of 400 under the default limits is contained, and said" {
	run "$SBX" --dry-run --profile default true
	[[ $output == *'limit: pids 384: held by'* ]] || skip "no cgroup v2 with controllers here"
	run --separate-stderr "$SBX" --profile default "$PYTHON" -c 'import os, time
made = 0
for i in range(400):
    try:
        if not os.fork():
            time.sleep(30); os._exit(0)
        made += 1
    except OSError:
        break
print(made, flush=True)
time.sleep(2)
os._exit(0)'
	[ "$output" -lt 400 ] && [ "$output" -gt 300 ] || fail "not contained"
	expect_stderr '^sbx-wrap: limits: pids: limit 384 reached$'
}

@test "the wall clock: 124, and everything inside is gone" {
	local own
	own=$(own_seconds)
	run --separate-stderr "$SBX" --timeout 0.5s sleep "$own"
	expect_status 124
	expect_stderr '^sbx-wrap: limits: wall: limit 0\.5s reached$'
	expect_stderr '^hint: --timeout DURATION raises it$'
	[ "$(processes "sleep $own")" = 0 ]
	run --separate-stderr "$SBX" --timeout 60s true
	expect_status 0
	expect_no_stderr
}

@test "the wall clock: SIGTERM first, which the command may handle; still 124" {
	run "$SBX" --timeout 2s sh -c 'trap "echo bye; exit 3" TERM; while :; do sleep 0.1; done'
	expect_status 124
	expect_line '^bye$'
}

@test "the wall clock: what ignores SIGTERM, stopped and what has gone off as a daemon ends too" {
	local own
	own=$(own_seconds)
	run "$SBX" --timeout 0.3s --set limits.grace=0.3s sh -c 'trap "" TERM; sleep "$0"; sleep "$0"' "$own"
	expect_status 124
	run "$SBX" --timeout 0.5s --set limits.grace=0.3s sh -c 'setsid sh -c "trap \"\" TERM; sleep $0" & setsid sh -c "kill -STOP \$\$" & sleep "$0"' "$own"
	expect_status 124
	[ "$(processes "sleep $own")" = 0 ]
}

@test "the wall clock with --as-pid-1" {
	local own
	own=$(own_seconds)
	run "$SBX" --as-pid-1 --timeout 0.5s sleep "$own"
	expect_status 124
	[ "$(processes "sleep $own")" = 0 ]
}

@test "a SIGTERM for the command's own process group is no word of the clock's" {
	run "$SBX" bash -c 'trap "" TERM; setsid sh -c "trap \"echo hit; exit\" TERM; sleep 0.6; echo spared" & sleep 0.2; kill -TERM 0; wait; echo done'
	expect_status 0
	expect_line '^spared$'
	expect_no_line '^hit$'
}

@test "a full /tmp is said" {
	run --separate-stderr "$SBX" --set limits.tmp=1M sh -c 'head -c 2M /dev/zero >/tmp/x'
	[ "$status" -ne 0 ]
	expect_stderr '^sbx-wrap: limits: tmp: /tmp was full: it holds 1M$'
	expect_stderr '^hint: --set limits.tmp=2M gives it more$'
	run --separate-stderr "$SBX" --set limits.tmp=2M sh -c 'head -c 1536K /dev/zero >/tmp/x'
	expect_status 0
	expect_no_stderr
	run --separate-stderr "$SBX" --set limits.tmp=4M sh -c 'head -c 2M /dev/zero >/tmp/x'
	expect_status 0
	expect_no_stderr
	run --separate-stderr "$SBX" --set limits.tmp_inodes=20 sh -c 'for i in $(seq 30); do : >/tmp/$i; done' 2>&1
	expect_stderr '^sbx-wrap: limits: tmp_inodes: '
}

@test "a /tmp that was full meanwhile is said, also after success, and each by its own key" {
	fill() { # OPTION... WHERE
		run --separate-stderr "$SBX" "${@:1:$#-1}" \
			sh -c "head -c 70M /dev/zero >${*: -1}/x 2>/dev/null; sleep 0.5; rm ${*: -1}/x; exit 0"
	}

	fill --set limits.tmp=64M /tmp
	expect_status 0
	expect_stderr '^sbx-wrap: limits: tmp: /tmp was full: it holds 64M$'
	expect_stderr '^hint: --set limits.tmp=128M gives it more$'
	fill --set limits.tmp=128M /tmp
	expect_status 0
	expect_no_stderr
	fill --set limits.shm=64M /dev/shm
	expect_stderr '^hint: --set limits.shm=128M gives it more$'
	fill --set limits.home=64M '~'
	expect_stderr '^hint: --set limits.home=128M gives it more$'
	fill --size 64M --tmpfs /data /data
	expect_stderr '^hint: --size 128M before that --tmpfs gives it more$'
}

@test "without a size /tmp has a share of the memory" {
	local memory tenth blocks size
	memory=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
	tenth=$((memory / 10 < 262144 ? 262144 : memory / 10 > 2097152 ? 2097152 : memory / 10))
	run "$SBX" --no-arg-grants stat -f -c '%b %S' /tmp
	expect_status 0
	read -r blocks size <<<"$output"
	[ $((blocks * size / 1024)) -ge $((tenth - 64)) ]
	[ $((blocks * size / 1024)) -le $((tenth + 64)) ]
	run "$SBX" --no-arg-grants --set limits.tmp=50% stat -f -c '%b %S' /tmp
	read -r blocks size <<<"$output"
	[ $((blocks * size / 1024)) -ge $((memory / 2 - 64)) ]
}

@test "CPU time and file sizes: the limit is named" {
	run --separate-stderr "$SBX" --set limits.cpu_time=1s sh -c 'while :; do :; done'
	expect_status 152
	expect_stderr '^sbx-wrap: limits: cpu_time: limit 1s reached$'
	run --separate-stderr "$SBX" --set limits.file_size=10K sh -c 'head -c 20K /dev/zero >/tmp/x'
	expect_status 153
	expect_stderr '^sbx-wrap: limits: file_size: limit 10K reached$'
}

@test "the other resource limits are what the policy says" {
	run "$SBX" --set limits.open_files=64 --set limits.cpu_time=2m --set limits.file_size=1M sh -c 'ulimit -n; ulimit -t; ulimit -f'
	expect_output $'64\n120\n2048'
}

@test "a death by a fault is the command's own; --quiet says nothing" {
	run --separate-stderr "$SBX" sh -c 'kill -SEGV $$'
	expect_status 139
	expect_stderr "^sbx-wrap: end: sh: .*: a fault of the command's own"
	run --separate-stderr "$SBX" -q sh -c 'kill -SEGV $$'
	expect_status 139
	expect_no_stderr
}

@test "in place a limit that somebody must watch is watched, and what the command has started ends with it" {
	needs_in_place
	run "$SBX" --set 'namespaces=[]' --timeout 200ms --set limits.grace=100ms \
		sh -c 'trap "" TERM; sh -c "echo \$\$; exec sleep 1000" & setsid sh -c "sleep 1000 & echo \$!; wait" & wait; wait'
	expect_status 124
	expect_line 'limits: wall: limit 0.2s reached'
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || fail "$pid is left" || return 1
	done < <(grep -x '[0-9]*' <<<"$output")
	run "$SBX" --set 'namespaces=[]' true
	expect_status 0
}

@test "inside a sandbox a file's limits are the outer one's, an option's an error" {
	needs_in_place
	mkdir own
	echo 'default = { limits = { pids = 5000; }; };' >own/own.conf
	run "$SBX" --rox "$BUILD" --ro own "$SBX" --config own/own.conf true
	expect_status 0
	run "$SBX" --rox "$BUILD" "$SBX" --pids 20 true
	expect_refused 'limits\.pids: inside a sandbox nobody watches'
}

@test "a dry run says what would hold each limit, and leaves no cgroup" {
	run "$SBX" --dry-run --timeout 5s true
	expect_status 0
	expect_line '^limit: wall 5s: held by the loader$'
	expect_line '^limit: core 0: held by the rlimit$'
	expect_line '^limit: memory .*: (held by the cgroup|not held: )'
	[ -z "$(find /sys/fs/cgroup -name 'sbx-*' -type d 2>/dev/null)" ]
	needs_none
	run "$SBX" --dry-run --memory 64M true
	expect_refused 'limits: memory = 64M can.t be held'
}

@test "a share of memory is the machine's, asked at each run" {
	run "$SBX" --dry-run --set 'limits.memory="100%"' --best-effort limits true
	expect_status 0
	expect_line "^limit: memory $(awk '/^MemTotal/ { printf "%.1fG", $2 / 1048576 }' /proc/meminfo): "
}

@test "what a file says of limits in its default goes for built-in profiles as well" {
	echo 'default = { limits = { pids = 100; }; };' >own.conf
	local tool
	for tool in true tar gzip python3; do
		run "$SBX" --config own.conf --best-effort limits --dry-run "$tool"
		expect_line '^limit: pids 100: '
	done
}

@test "a resource limit never goes above the caller's soft one" {
	run bash -c 'ulimit -Sn 100; exec "$SBX" --set limits.open_files=200 sh -c "ulimit -Sn"'
	expect_output 100
	run bash -c 'ulimit -St 50; exec "$SBX" --set limits.cpu_time=1h sh -c "ulimit -St"'
	expect_output 50
}

@test "a hard limit of 0 for cores is no limit where a pipe takes them, and that is an error where it is named" {
	only_user
	run bash -c 'ulimit -Hc 0; exec "$SBX" --set limits.core=0 echo ran'
	if grep -q '^|' /proc/sys/kernel/core_pattern; then
		expect_refused 'limits: core = 0 can.t be held: the caller.s hard limit is 0'
	else
		expect_output ran
	fi
}

# A program that is hostile before the shim: it finds the pipe and floods it from many processes.
@test "a flood on the pipe to the loader doesn't stop the clock, nor SIGTERM" {
	local began=$SECONDS
	run timeout -s KILL 60 "$SBX" -q --timeout 1s --set limits.grace=1s --set map_exec=false "$TOOLS/flood" 40
	expect_status 124
	background "$SBX" -q --set map_exec=false "$TOOLS/flood" 40
	sleep 1
	kill -TERM "$JOB"
	wait_until gone "^$TOOLS/flood 40"
	# a guard against hanging, not a measurement
	[ $((SECONDS - began)) -lt 55 ]
}
gone() { [ "$(processes "$1")" = 0 ]; }

@test "a command that has ended in time has, however long its sandbox takes to go" {
	local pause
	for pause in 0.8 0.9; do
		run timeout -s KILL 60 "$SBX" --timeout 1s "$PYTHON" -c "import os, time
if os.fork() == 0:
    held = bytearray(300 << 20); held[::4096] = b'x' * len(held[::4096]); time.sleep(60)
time.sleep($pause)
os._exit(0)"
		[ "$status" = 0 ] || [ "$status" = 124 ] || fail "pause $pause"
	done
}

@test "what isn't the limit's doing isn't said to be" {
	run --separate-stderr "$SBX" --set limits.cpu_time=1h sh -c 'exit 152'
	expect_status 152
	expect_no_stderr
	run --separate-stderr "$SBX" --set limits.cpu_time=1s sh -c 'trap "" XCPU; while :; do :; done'
	expect_status 137
	expect_stderr '^sbx-wrap: limits: cpu_time: limit 1s reached$'
}
