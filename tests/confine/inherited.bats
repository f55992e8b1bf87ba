#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016  # the variables are the inner shell's
# What comes in by descriptors 0 to 2 is what it is, and leads nowhere else.

load ../cli/helper

# Prints what each attempt on descriptor 0 came to.
TRIES='import array, ctypes, fcntl, os, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, call):
    try: call(); print(name, "OK")
    except OSError as e: print(name, os.strerror(e.errno))
def c(*args):
    if libc.syscall(*args) < 0: raise OSError(ctypes.get_errno(), "")
s = lambda: socket.socket(fileno=os.dup(0))
'

# what a parser lacks, with all that Python needs
NO_EXEC='seccomp.deny=["...", "execve", "execveat"]'

# CMD with a connected Unix socket as its standard input, on which a directory waits
with_unix_socket() {
	"$PYTHON" -c '
import array, os, socket, subprocess, sys
a, b = socket.socketpair(socket.AF_UNIX)
fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
b.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
sys.exit(subprocess.run(sys.argv[1:], stdin=a).returncode)' "$@"
}

# CMD with a connection of the host as its standard input; the other end says "hello"
with_connection() { # PROTOCOL CMD...
	"$PYTHON" -c '
import socket, subprocess, sys
l = socket.socket(socket.AF_INET, socket.SOCK_STREAM, int(sys.argv[1]))
l.bind(("127.0.0.1", 0)); l.listen(1)
cl = socket.socket(socket.AF_INET, socket.SOCK_STREAM, int(sys.argv[1])); cl.connect(l.getsockname()); cl.send(b"hello")
a, _ = l.accept()
sys.exit(subprocess.run(sys.argv[2:], stdin=a, timeout=20).returncode)' "$@"
}

# COMMAND in a shell on a terminal of its own
on_pty() {
	run "$PYTHON" "$TESTS/tools/onpty.py" "$@"
}

LISTEN='exec 3<>/dev/tty && echo READY >&3 && read -r line <&3 && echo "heard $line" >&3'

# there is one where a stream is one, and only there
expect_terminal_as_streams() { # SETTING
	on_pty "$SBX -q -p default --set '$1' bash -c '$LISTEN' </dev/null >out 2>&1; cat out" typed
	expect_line '/dev/tty: (No such file or directory|Permission denied|Read-only file system)' || return 1
	expect_no_line 'heard' || return 1
	on_pty "$SBX -q -p default --set '$1' bash -c '$LISTEN' </dev/null >out" typed
	expect_line '^heard typed'
}

@test "a Unix socket brings bytes, and no descriptors" {
	local take='
attempt("recvmsg", lambda: s().recvmsg(1, 64, socket.MSG_PEEK))
attempt("recvmmsg", lambda: c(299, 0, 0, 0, 0, 0))
print("read", os.read(0, 1))'
	only_x86 # the number of recvmmsg
	for set in map_exec=true "$NO_EXEC"; do
		run with_unix_socket "$SBX" -q -p default --set "$set" "$PYTHON" -c "$TRIES$take"
		expect_output $'recvmsg Operation not permitted\nrecvmmsg Operation not permitted\nread b\'x\'' || return 1
	done
	run with_unix_socket "$SBX" -q -p default --share-net "$PYTHON" -c "$TRIES$take"
	expect_line '^recvmsg Operation not permitted'
	# without such a descriptor the call is there
	run "$SBX" -q -p default "$PYTHON" -c "$TRIES"'
a, b = socket.socketpair(); b.send(b"y")
attempt("recvmsg", lambda: a.recvmsg(1))' </dev/null
	expect_output 'recvmsg OK'
}

@test "in place a Unix socket brings no descriptors either, and no terminal is there" {
	needs_in_place
	run with_unix_socket "$SBX" -q --set 'namespaces=[]' -p default "$PYTHON" -c "$TRIES"'
attempt("recvmsg", lambda: s().recvmsg(1, 64, socket.MSG_PEEK))'
	expect_output 'recvmsg Operation not permitted'
	expect_terminal_as_streams 'namespaces=[]'
}

@test "the children of the command have no more of it" {
	run with_unix_socket "$SBX" -q -p default sh -c '"$@"' sh "$PYTHON" -c "$TRIES"'
attempt("recvmsg", lambda: s().recvmsg(1, 64, socket.MSG_PEEK))'
	expect_output 'recvmsg Operation not permitted'
}

@test "a connection stays what it is where the policy grants no network" {
	local tries='
attempt("disconnect", lambda: c(42, 0, b"\0" * 16, 16))
attempt("listen", lambda: c(50, 0, 1))
attempt("sendto", lambda: c(44, 0, b"x", 1, 0, b"\2" + b"\0" * 15, 16))
attempt("sendmsg", lambda: s().sendmsg([b"x"]))
attempt("send", lambda: s().send(b"x"))
print("read", os.read(0, 5))'
	only_x86 # numbers of calls
	for net in none loopback; do
		run with_connection 0 "$SBX" -q -p default --set net=$net "$PYTHON" -c "$TRIES$tries"
		for name in disconnect listen sendto sendmsg; do
			expect_line "^$name Operation not permitted" || return 1
		done
		expect_line '^send OK$'
		expect_line "^read b'hello'$"
	done
	run with_connection 0 "$SBX" -q -p default --share-net "$PYTHON" -c "$TRIES$tries"
	expect_line '^disconnect OK$'
}

@test "what no list of ports holds, and what no policy grants, is refused" {
	[ "$(landlock_abi)" -ge 4 ] || skip "Landlock here doesn't know ports"
	"$PYTHON" -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)' 2>/dev/null ||
		skip "this kernel has no multipath TCP"
	run with_connection 262 "$SBX" -q -p default --connect 443 true
	expect_refused 'descriptor 0 is a socket of multipath TCP'
	run with_connection 262 "$SBX" -q -p default true
	expect_refused 'descriptor 0 is a socket of the host'
	run with_connection 262 "$SBX" -q -p default --share-net true
	expect_status 0
	run with_connection 0 "$SBX" -q -p default --connect 443 true
	expect_status 0
	run "$PYTHON" -c 'import socket, subprocess, sys
sys.exit(subprocess.run(sys.argv[1:], stdin=socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)).returncode)' \
		"$SBX" -q -p default --share-net true
	expect_refused 'descriptor 0 is a Unix socket that could reach'
}

@test "what was appended before stays, to a command that executes nothing" {
	local tries='
sys.stdout = sys.stderr
attempt("F_SETFL", lambda: fcntl.fcntl(1, fcntl.F_SETFL, 0))
attempt("F_SETFL append", lambda: fcntl.fcntl(1, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK))
attempt("ftruncate", lambda: os.ftruncate(1, 0))
attempt("ftruncate longer", lambda: os.ftruncate(1, 9))
attempt("punch", lambda: c(285, 1, 3, ctypes.c_long(0), ctypes.c_long(3)))
attempt("open", lambda: os.open("/dev/stdout", os.O_WRONLY))
attempt("open to cut", lambda: os.open("/dev/stdout", os.O_WRONLY | os.O_TRUNC))'
	only_x86 # the number of fallocate
	echo before >log
	"$SBX" -q -p default --set "$NO_EXEC" "$PYTHON" -c "$TRIES$tries" >>log 2>found </dev/null
	[ "$(head -n 1 log)" = before ] || fail "$(cat log)"
	output=$(cat found)
	for name in F_SETFL ftruncate; do
		expect_line "^$name Operation not permitted" || return 1
	done
	expect_line '^F_SETFL append OK'
	expect_line '^ftruncate longer OK'
	expect_line '^punch Operation not supported'
	expect_line '^open (Permission denied|No such file)'
	expect_line '^open to cut (Permission denied|No such file)'
	# a file that isn't open for appending is the command's
	"$SBX" -q -p default --set "$NO_EXEC" "$PYTHON" -c "$TRIES$tries" >own 2>found </dev/null
	run cat found
	expect_line '^F_SETFL OK'
}

@test "what was appended before stays, to a command that executes others, which sets flags of its own pipes" {
	local tries='
sys.stdout = sys.stderr
import threading
r, w = os.pipe()
flags = lambda fd: bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK)
attempt("pipe", lambda: fcntl.fcntl(r, fcntl.F_SETFL, os.O_NONBLOCK)); print("pipe set", flags(r))
t = threading.Thread(target=lambda: attempt("thread", lambda: fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)))
t.start(); t.join(); print("thread set", flags(w))
f = os.open("/tmp/f", os.O_RDWR | os.O_CREAT); os.write(f, b"x" * 20)
attempt("cut", lambda: os.ftruncate(f, 3)); print("cut to", os.fstat(f).st_size)
for name, call in {
    "F_SETFL": lambda: fcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK),
    "F_SETFL of a copy": lambda: fcntl.fcntl(os.dup(1), fcntl.F_SETFL, 0),
    "ftruncate": lambda: os.ftruncate(1, 3),
    "punch": lambda: c(285, 1, 3, ctypes.c_long(0), ctypes.c_long(3)),
    "io_submit": lambda: c(209, 0, 0, 0),
    "open": lambda: os.open("/dev/stdout", os.O_WRONLY),
    "open to cut": lambda: os.open("/proc/self/fd/1", os.O_WRONLY | os.O_TRUNC)}.items(): attempt("log: " + name, call)
attempt("bad", lambda: c(72, 99, 4, 0))'
	only_x86 # numbers of calls
	for as in 'seccomp.allow=["...", "@aio"]' as_pid_1=true children=true; do
		echo before >log
		"$SBX" -q -p default --set "$as" "$PYTHON" -c "$TRIES$tries" >>log 2>found </dev/null
		run cat log
		expect_output before || return 1
		run cat found
		for name in pipe thread; do
			expect_line "^$name OK" && expect_line "^$name set True" || return 1
		done
		expect_line '^cut OK' && expect_line '^cut to 3' && expect_line '^bad Bad file descriptor' || return 1
		expect_no_line '^log: .* OK' || return 1
	done
	# a file that isn't open for appending is the command's
	"$SBX" -q -p default "$PYTHON" -c "$TRIES$tries" >log 2>found </dev/null
	run cat found
	expect_line '^log: F_SETFL OK'
	expect_line '^log: ftruncate OK'
}

@test "a file that is open for reading isn't cut or written" {
	local tries='
attempt("cut", lambda: os.open("/proc/self/fd/0", os.O_RDONLY | os.O_TRUNC))
attempt("cut, for neither", lambda: os.open("/proc/self/fd/0", 3 | os.O_TRUNC))
attempt("write", lambda: os.open("/proc/self/fd/0", os.O_WRONLY))
attempt("both", lambda: os.open("/dev/stdin", os.O_RDWR))
attempt("truncate", lambda: os.truncate("/proc/self/fd/0", 0))
attempt("ftruncate", lambda: os.ftruncate(0, 0))
print("read", os.read(0, 3))'
	echo data >file
	for set in map_exec=true "$NO_EXEC"; do
		run bash -c '"$1" -q -p default --set "$2" --set proc=new "$3" -c "$4" <file' bash "$SBX" "$set" "$PYTHON" "$TRIES$tries"
		expect_no_line ' OK$' || return 1
		expect_line "^read b'dat'" || return 1
		run cat file
		expect_output data || return 1
	done
	run bash -c '"$1" -c "$2" <file' bash "$PYTHON" "$TRIES$tries"
	expect_line '^truncate OK'
}

@test "in place, where nobody can be asked, no flags lose O_APPEND" {
	needs_in_place
	local tries='
sys.stdout = sys.stderr
attempt("pipe", lambda: fcntl.fcntl(os.pipe()[0], fcntl.F_SETFL, 0))
attempt("log", lambda: fcntl.fcntl(1, fcntl.F_SETFL, 0))'
	echo before >log
	"$SBX" -q -p default --set 'namespaces=[]' "$PYTHON" -c "$TRIES$tries" >>log 2>found </dev/null
	run cat found
	expect_line '^pipe Operation not permitted'
	expect_line '^log Operation not permitted'
	# and where a sbx-wrap waits, it can
	"$SBX" -q -p default --set 'namespaces=[]' --die-with-parent "$PYTHON" -c "$TRIES$tries" >>log 2>found </dev/null
	run cat found
	expect_line '^log Operation not permitted'
	expect_line '^pipe OK'
	run cat log
	expect_output before
}

@test "make and Python's processes do their work with a log" {
	command -v make >/dev/null || skip "no make here"
	printf 'all: a b c\na b c:\n\t@sleep 0.1; echo made $@\n' >Makefile
	echo before >log
	"$SBX" -q -p default --ro "$PWD" make -j3 >>log 2>&1
	run cat log
	for name in a b c; do
		expect_line "^made $name" || return 1
	done
	expect_line '^before'
	"$SBX" -q -p default "$PYTHON" -c 'import asyncio, sys
async def main():
    p = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print((await p.communicate(b"through"))[0])
asyncio.run(main())' >>log 2>&1
	run cat log
	expect_line "b'through'"
}

@test "a parser of another libc has the /proc that its latch needs" {
	[ -x "$TOOLS/exploit-musl" ] || fail "exploit-musl was not built"
	echo x >in
	run "$SBX" -p parser "$TOOLS/exploit-musl" in out
	expect_no_line 'not acknowledged'
}

@test "a terminal that no stream is isn't there; one that a stream is, is" {
	expect_terminal_as_streams 'best_effort=[]'
}

@test "a parser has no terminal, and no way to the other end of its pipes" {
	local parser="-q -p default --set 'dev=[\"null\"]' --set proc=named"
	run "$POLICY" show parser
	expect_line 'dev = \[ "null", "zero", "full", "random", "urandom", "shm" \]'
	expect_line 'proc = "named"'
	on_pty "$SBX $parser bash -c '$LISTEN'" typed
	expect_no_line 'heard'
	# the loop's next line
	run bash -c "printf 'one\ntwo\n' | while read -r line; do echo \$line; $SBX $parser bash -c 'cd /; for n in dev proc/self; do echo injected >\$n/fd/0; done' 2>/dev/null; done"
	expect_output $'one\ntwo'
	# what an argument names is there
	run bash -c "echo in | $SBX $parser cat /dev/stdin"
	expect_output in
	run bash -c "echo in | $SBX $parser --set proc=none cat /dev/stdin"
	[ "$status" -ne 0 ]
}

@test "proc = pids shows processes alone" {
	run "$SBX" -q -p default --set proc=pids sh -c 'cat /proc/self/comm; cat /proc/cpuinfo'
	expect_line '^cat$'
	expect_line 'cpuinfo: No such file'
	run "$SBX" -q -p default sh -c 'cat /proc/cpuinfo >/dev/null && echo there'
	expect_output there
}

@test "flags that the command sets on its streams don't stay" {
	local set='import fcntl, os
fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_NONBLOCK)' get='import fcntl, os
print(bool(fcntl.fcntl(0, fcntl.F_GETFL) & os.O_NONBLOCK))'
	echo x >file
	run bash -c '(sleep 1; :) | { "$1" -q -p default "$2" -c "$3"; "$2" -c "$4"; }' bash "$SBX" "$PYTHON" "$set" "$get"
	expect_output False
	run bash -c '{ "$1" -q -p default "$2" -c "$3"; "$2" -c "$4"; } <file' bash "$SBX" "$PYTHON" "$set" "$get"
	expect_output False
	# unwrapped they do
	run bash -c '{ "$2" -c "$3"; "$2" -c "$4"; } <file' bash "$SBX" "$PYTHON" "$set" "$get"
	expect_output True
	# and the position is shared as ever
	printf 'one\ntwo\n' >file
	run bash -c '{ "$1" -q -p default bash -c "read -r line; echo got \$line"; cat; } <file' bash "$SBX"
	expect_output $'got one\ntwo'
}

@test "a lock that the command takes on a file doesn't stay, the caller's does" {
	local lock='import fcntl, struct
fcntl.flock(0, fcntl.LOCK_EX)
fcntl.fcntl(0, 37, struct.pack("hhqqi", fcntl.F_RDLCK, 0, 0, 0, 0))' held='flock -n file echo free || echo held'
	echo x >file
	run bash -c 'exec 3<file; "$1" -q -p default "$2" -c "$3" <&3; eval "$4"; grep -c lock: /proc/$$/fdinfo/3' bash "$SBX" "$PYTHON" "$lock" "$held"
	expect_output $'free\n0'
	run bash -c 'exec 3<file; flock 3; "$1" -q -p default "$2" -c "$3" <&3; eval "$4"' bash "$SBX" "$PYTHON" "$lock" "$held"
	expect_output held
	# unwrapped it stays
	run bash -c 'exec 3<file; "$2" -c "$3" <&3; eval "$4"' bash "$SBX" "$PYTHON" "$lock" "$held"
	expect_output held
}

@test "no name that the command makes has a file on 0 written" {
	local tries='
attempt("link", lambda: c(265, -100, b"/proc/self/fd/0", -100, b"work/name", 0x400))
attempt("open", lambda: os.open("work/name", os.O_RDWR))' set
	only_x86 # the number of linkat
	mkdir work
	echo data >file
	for set in map_exec=true 'namespaces=[]'; do
		[ "$set" = map_exec=true ] || [ "$(landlock_abi)" -ge 3 ] || continue
		run bash -c '"$1" -q -p default --set "$2" --rw "$PWD/work" "$3" -c "$4" <file' bash "$SBX" "$set" "$PYTHON" "$TRIES$tries"
		expect_output $'link Invalid cross-device link\nopen No such file or directory' || return 1
	done
	run bash -c '"$1" -c "$2" <file' bash "$PYTHON" "$TRIES$tries"
	expect_output $'link OK\nopen OK'
}

@test "memory of the caller's isn't sealed" {
	local seal='attempt("seal", lambda: fcntl.fcntl(0, 1033, 8))' give='import os, subprocess, sys
fd = os.memfd_create("x", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
subprocess.run(sys.argv[1:], stdin=fd)
os.write(fd, b"x"); print("written")'
	run "$PYTHON" -c "$give" "$SBX" -q -p default "$PYTHON" -c "$TRIES$seal"
	expect_output $'seal Operation not permitted\nwritten'
	run "$PYTHON" -c "$give" "$PYTHON" -c "$TRIES$seal"
	expect_line 'seal OK'
	expect_no_line '^written'
	# others are sealed as ever
	run bash -c '"$1" -q -p default "$2" -c "$3" <<<x' bash "$SBX" "$PYTHON" "$TRIES"'
m = os.memfd_create("y", os.MFD_ALLOW_SEALING)
attempt("own", lambda: fcntl.fcntl(m, 1033, 8))'
	expect_output 'own OK'
}

@test "a device's mode stays" {
	on_pty "chmod 600 \$(tty); $SBX -q -p default sh -c 'chmod 666 /proc/self/fd/0; chmod 666 /dev/stdin' 2>err; stat -Lc 'mode %a' /dev/stdin"
	expect_line '^mode 600'
	run cat err
	expect_line 'Read-only file system'
	# unwrapped it doesn't
	on_pty 'chmod 600 $(tty); chmod 666 /proc/self/fd/0; stat -Lc "mode %a" /dev/stdin'
	expect_line '^mode 666'
}

@test "root's /dev/null keeps its mode, and its name" {
	only_root
	mknod null c 1 3 || skip "no device can be made here"
	chmod 666 null
	# one that the private root doesn't have is out of reach of every change of modes
	run "$SBX" -q -p default sh -c 'chmod 0 /proc/self/fd/0' <null
	expect_line 'Operation not permitted'
	[ "$(stat -c %a null)" = 666 ]
	run "$SBX" -q -p default sh -c 'readlink /proc/self/fd/0; chmod 666 /proc/self/fd/0' </dev/null
	expect_line '^/dev/null$'
	expect_line 'Read-only file system'
}

@test "the terminal's modes are put back, but not those that stty or another of the pipeline has set" {
	on_pty "$SBX -q -p default sh -c 'stty -echo -isig'; stty -a"
	expect_line '(^| )isig '
	expect_line '(^| )echo '
	on_pty "$SBX -q stty -echo; stty -a"
	expect_line '-echo '
	# somebody else of the pipeline may need them
	on_pty "$SBX -q -p default sh -c 'stty -echo <&2' | { sleep 2; stty -a <&2; }; stty -a"
	expect_line '-echo '
	# unwrapped they stay
	on_pty "sh -c 'stty -echo -isig'; stty -a"
	expect_line '-isig'
}
