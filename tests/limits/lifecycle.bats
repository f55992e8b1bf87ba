#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a run leaves behind: nothing, whatever the command does, however many run, and wherever sbx-wrap is killed.

load ../cli/helper

processes() { # PATTERN: how many run with it in their arguments
	pgrep -fc -- "$1" || true
}

gone() { [ "$(processes "$1")" = 0 ]; }

# An emulated machine takes thirty times as long for each run
few() { [ -n "${SBX_VM-}" ]; }

mounts() { wc -l </proc/self/mountinfo; }
cgroups() { find /sys/fs/cgroup -name 'sbx-*' -type d 2>/dev/null | wc -l; }

# Everything that runs and is ours ends with its sandbox: the command's own words are in $1, the marker in all arguments.
ends() { # STATUS SCRIPT: with the marker as $MARK, python's; wall clock 1 s where that is to end it
	local mark wall=100s
	[ "$1" != 124 ] || wall=1s
	mark=$(own_seconds)
	run timeout -s KILL 120 "$SBX" --timeout $wall --set limits.grace=0.3s -q -p default "$PYTHON" -c "MARK = '$mark'
import os, signal, sys, time
def rest():
    os.execv('/bin/sleep', ['sleep', MARK])
$2"
	expect_status "$1"
	wait_until gone "sleep $mark"
	wait_until gone "MARK = '$mark'"
}

@test "a command that forks wildly ends with its sandbox" {
	ends 124 "
for i in range(200):
    try:
        if os.fork() == 0: rest()
    except OSError: pass
rest()"
}

@test "a command that ignores what can be ignored ends with its sandbox" {
	ends 124 "
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
rest()"
}

@test "daemons that have forked twice end with the command" {
	ends 3 "
for i in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: rest()
        os._exit(0)
time.sleep(0.3)
os._exit(3)"
}

@test "a command that stops itself doesn't stop the clock" {
	ends 124 "
os.kill(os.getpid(), signal.SIGSTOP)
rest()"
	ends 124 "
if os.fork() == 0: rest()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True: os.kill(os.getpid(), signal.SIGSTOP)"
}

# Runs a command as a job and says what becomes of it, as a shell sees it. The command continues itself, or is left alone.
job() { # CMD...
	cat >job.py <<-'PY'
		import os, signal, sys, time
		pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
		os.waitpid(pid, os.WUNTRACED)
		print("stopped")
		if os.path.exists("alone"): # nobody inside continues it
		    time.sleep(2)
		    print(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0])
		    os.kill(pid, signal.SIGCONT)
		print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
	PY
	run timeout -s KILL 60 "$PYTHON" job.py "$@"
}

@test "a command that one of its own continues goes on, and sbx-wrap with it" {
	local stop='me = os.getpid()
if os.fork() == 0:
    os.kill(me, signal.SIGSTOP); time.sleep(1); os.kill(me, SIGNAL); os._exit(0)
os.wait(); os._exit(7)' option
	for option in --map-root --timeout=50s '--set=map_exec=false'; do
		job "$SBX" "$option" "$PYTHON" -c "import os, signal, time; ${stop/SIGNAL/signal.SIGCONT}"
		expect_output $'stopped\n7' || fail "$option"
		job "$SBX" "$option" "$PYTHON" -c "import os, signal, time; ${stop/SIGNAL/signal.SIGKILL}"
		expect_output $'stopped\n-9' || fail "$option, killed"
	done
	: >alone
	job "$SBX" "$PYTHON" -c 'import os, signal; os.kill(os.getpid(), signal.SIGSTOP); os._exit(7)'
	expect_output $'stopped\nT\n7'
}

@test "so does one that is PID 1, which is stopped from outside" {
	cat >first.py <<-'PY'
		import os, signal, time
		if os.fork() == 0:
		    while open("/proc/1/stat").read().rpartition(")")[2].split()[0] != "T": time.sleep(0.01)
		    time.sleep(1); os.kill(1, signal.SIGCONT); os._exit(0)
		open("ready", "w"); os.wait(); os._exit(7)
	PY
	background timeout -s KILL 60 "$SBX" --as-pid-1 --rw . "$PYTHON" first.py
	wait_until test -e ready
	kill -STOP "$(pgrep -f "^$PYTHON first.py" | head -1)"
	status=0
	wait "$JOB" || status=$?
	expect_status 7
}

@test "who sees to it that no signal can be queued for the sandbox gets the clock's all the same" {
	run timeout -s KILL 60 "$SBX" --timeout 1s --set 'limits.grace="10m"' "$PYTHON" -c '
import resource, time
resource.prlimit(1, resource.RLIMIT_SIGPENDING, (0, 0))
time.sleep(1000)'
	expect_status 124
}

@test "nobody inside takes all of the caller's queue of signals" {
	run "$SBX" -p default "$PYTHON" -c '
import ctypes, os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
libc = ctypes.CDLL(None)
count = 0
while count < 200000 and libc.sigqueue(os.getpid(), 40, None) == 0: count += 1
print(count)'
	expect_status 0
	local most
	most=$(ulimit -Hi)
	kernel_from 5.14 || skip "this kernel counts no signals per namespace"
	[ "$most" = unlimited ] || [ "$output" -lt 257 ] || [ "$output" -le $((most / 16)) ] || fail "$output of $most"
}

@test "nobody inside takes all of the caller's inotify instances and watches, nor the machine's terminals" {
	local all
	all=$(cat /proc/sys/fs/inotify/max_user_watches)
	run "$SBX" -p default "$PYTHON" -c '
import ctypes, os
def count(get):
    got = []
    try:
        while len(got) < 4000: got.append(get())
    except OSError: pass
    return len(got)
def instance():
    fd = ctypes.CDLL(None).inotify_init1(0)
    if fd < 0: raise OSError
    return fd
print(count(instance), count(lambda: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)), end=" ")
print(open("/proc/sys/user/max_inotify_watches").read())'
	expect_status 0
	expect_line "^[1-9][0-9]* 64 $((all / 2))\$"
	[ "${output%% *}" -le 32 ] || fail "$output"
}

# poll(2) makes the kernel hold 72 bytes for each entry, in each thread, which count for no limit of memory.
@test "without a number for it a process opens 4096 descriptors, or as few as the caller, more where that is said" {
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -gt 4096 ] || skip "this caller may open few descriptors"
	run "$SBX" sh -c 'ulimit -Hn'
	expect_output 4096
	run "$SBX" --set limits.open_files=unlimited sh -c 'ulimit -Hn'
	expect_output "$(ulimit -Hn)"
	run bash -c 'ulimit -n 100; exec "$SBX" sh -c "ulimit -Hn"'
	expect_output 100
}

@test "the clock goes on while sbx-wrap itself is stopped" {
	local own
	own=$(own_seconds)
	background timeout -s KILL 60 "$SBX" --timeout 5s sleep "$own"
	wait_until pgrep -f "^sleep $own"
	kill -STOP "$(pgrep -P "$JOB")"
	status=0
	wait "$JOB" || status=$?
	expect_status 124
}

@test "a command that closes everything ends with its sandbox" {
	ends 124 "
os.closerange(0, 65536)
rest()"
	ends 5 "
os.closerange(0, 65536)
os._exit(5)"
}

@test "a command that floods standard error is not in the way of its end" {
	run bash -c 'timeout -s KILL 60 "$SBX" --timeout 1s sh -c "yes >&2" 2>&1 | tail -n 1; exit "${PIPESTATUS[0]}"'
	expect_status 124
	expect_output 'hint: --timeout DURATION raises it'
}

@test "a command that fills standard error, which nobody reads, holds up neither the clock nor SIGTERM" {
	local kind
	mkfifo full
	exec 4<>full
	run timeout -s KILL 60 bash -c '"$SBX" --timeout 1s --set limits.grace=1s sh -c "yes >&2" 2>full'
	expect_status 124
	run timeout -k 60 3 bash -c 'exec "$SBX" sh -c "kill -SEGV \$\$" 2>full'
	expect_status 124 # of timeout(1): it died of the SIGTERM
	exec 4>&-
	for kind in pipe openpty; do
		run timeout -s KILL 60 "$PYTHON" -c "import os, subprocess, sys
reader, writer = os.$kind()
sys.exit(subprocess.run(sys.argv[1:], stderr=writer).returncode)" \
			"$SBX" --timeout 1s --set limits.grace=1s sh -c 'yes >&2'
		expect_status 124
	done
}

@test "1,000 runs in parallel leave no process, mount, cgroup or file" {
	local before_mounts before_cgroups runs=1000
	! few || runs=60
	mkdir out
	before_mounts=$(mounts)
	before_cgroups=$(cgroups)
	# every third fails, every third has an output that is staged; each starts a child and leaves it
	cat >each <<-'END'
		#!/bin/sh
		n=$1
		case $((n % 3)) in
		0) "$SBX" sh -c "sleep 6188.$n & exit 3"; [ $? = 3 ] ;;
		1) "$SBX" --timeout 60s sh -c "sleep 6188.$n & exit 0" ;;
		2) echo "$n" >"out/$n"; "$SBX" gzip "out/$n" ;;
		esac || echo "run $n"
	END
	chmod +x each
	run sh -c "seq $runs | xargs -P 16 -n 1 ./each"
	expect_output ''
	wait_until gone 'sleep 6188\.'
	[ "$(mounts)" = "$before_mounts" ]
	[ "$(cgroups)" = "$before_cgroups" ]
	# shellcheck disable=SC2012  # our own names
	[ "$(ls -A out | wc -l)" = $((runs / 3)) ]
	[ -z "$(find out -name '.*' -o ! -name '*.gz' -type f)" ]
}

# What only the process that becomes the sandbox calls
CHILDS=mount,umount2,pivot_root,open_tree,move_mount,fsopen,fsconfig,fsmount,mount_setattr,capset,landlock_restrict_self,seccomp,chdir

# Killed at the N-th of these system calls; strace(1) counts for each process by itself.
killed_at() { # N CALLS OPTION...
	local n=$1 calls=$2
	shift 2
	run timeout -s KILL 60 strace -qq -o /dev/null "$@" -e inject="$calls":signal=KILL:when="$n" \
		"$SBX" --timeout 60s gzip -k "$WORK/input"
	case $status in 0 | 125 | 137) ;; *) fail "killed at $n of $calls" ;; esac
	[ -e input ] || fail "the input is gone after $n of $calls"
	rm -f input.gz
}

@test "killed at any step of its set-up it leaves nothing behind" {
	local before n step=5
	! few || step=60
	strace -f -o trace "$SBX" true || skip "strace doesn't work here"
	before=$(mounts)
	head -c 10000 /dev/urandom >input
	for ((n = 2; n < 430; n += step)); do
		killed_at $n all
	done
	for ((n = 2; n < 430; n += 4 * step)); do
		killed_at $n all -f
	done
	for ((n = 1; n < 130; n += step)); do
		killed_at $n "$CHILDS" -f
	done
	wait_until gone "$WORK/input"
	[ "$(mounts)" = "$before" ]
	"$SBX" gzip -k input # sweeps what is staged
	[ "$(find . -mindepth 1 ! -name trace -printf '%f\n' | sort | xargs)" = 'input input.gz' ] || fail "left: $(ls -A)"
	[ -z "$(find /sys/fs/cgroup -name 'sbx-*' -type d 2>/dev/null)" ]
}
