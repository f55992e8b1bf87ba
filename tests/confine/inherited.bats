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
	run with_unix_socket "$SBX" -q --set 'namespaces=[]' -p default "$PYTHON" -c "$TRIES$take"
	expect_line '^recvmsg Operation not permitted'
	# without such a descriptor the call is there
	run "$SBX" -q -p default "$PYTHON" -c "$TRIES"'
a, b = socket.socketpair(); b.send(b"y")
attempt("recvmsg", lambda: a.recvmsg(1))' </dev/null
	expect_output 'recvmsg OK'
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
