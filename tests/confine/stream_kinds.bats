#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016  # the variables are Python's
# Every kind of descriptor that a caller may put on 0: what is refused, and what the others are no way to.

load ../cli/helper

# Names what could be done with descriptor 0, or failed otherwise than as it must.
ATTACK='import ctypes, fcntl, os, signal, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def c(*args):
    if libc.syscall(*args) < 0: raise OSError(ctypes.get_errno(), "")
owner = int(os.environ["OWNER"])
link = "/proc/self/fd/0"
entry = b"../../../../../../../etc/passwd"
tries = {
    "openat": lambda: os.open("etc", os.O_RDONLY, dir_fd=0), "fchdir": lambda: os.fchdir(0),
    "openat below": lambda: os.open(entry, os.O_RDONLY, dir_fd=0),
    "fstatat": lambda: os.stat("etc", dir_fd=0), "fchmodat": lambda: os.chmod("etc", 0o777, dir_fd=0),
    "setns": lambda: c(308, 0, 0), "pidfd_getfd": lambda: c(438, 0, 0, 0),
    "signal": lambda: c(424, 0, signal.SIGUSR1, 0, 0), "kill by number": lambda: os.kill(owner, signal.SIGUSR1),
    "io_uring_enter": lambda: c(426, 0, 0, 0, 0, 0, 0), "bpf": lambda: c(321, 1, 0, 0),
    "namespace": lambda: fcntl.ioctl(0, 0xff01), "perf": lambda: fcntl.ioctl(0, 0x2400),
    "sti": lambda: fcntl.ioctl(0, 0x5412, b"x"), "exclusive": lambda: fcntl.ioctl(0, 0x540c),
    "lease": lambda: fcntl.fcntl(0, 1024, fcntl.F_WRLCK), "notify": lambda: fcntl.fcntl(0, 1026, 1),
    "disconnect": lambda: c(42, 0, bytes(16), 16), "listen": lambda: c(50, 0, 1),
    "accept": lambda: c(288, 0, 0, 0, 0x800), "recvmsg": lambda: socket.socket(fileno=os.dup(0)).recvmsg(1, 64, socket.MSG_DONTWAIT),
    "name": lambda: c(265, 0, b"", -100, b"/tmp/name", 0x1000), "link": lambda: c(265, -100, link.encode(), -100, b"/tmp/name", 0x400),
    "mount": lambda: c(428, 0, b"", 0x1001), "handle": lambda: c(303, 0, b"", b"\0" * 64, b"\0" * 8, 0x1000),
    "quota": lambda: c(443, 0, 0, 0, 0), "exec": lambda: os.execve(0, ["true"], {}) if not os.isatty(0) else c(39999),
}
try: os.set_blocking(0, False)
except OSError: pass
for name, call in tries.items():
    try: call(); print("DONE:", name)
    except OSError: pass
    except ValueError: pass
print("end")'

# A file of Python: makes NAME and runs the rest of its arguments with it on 0.
MAKE='import ctypes, os, select, signal, socket, subprocess, sys, tempfile
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    fd = libc.syscall(*args)
    if fd < 0: raise OSError(ctypes.get_errno(), "")
    return fd
def epoll():
    e = select.epoll(); r, w = os.pipe(); os.set_blocking(r, False); e.register(r, select.EPOLLIN); return os.dup(e.fileno())
def connected():
    l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen(1)
    global keep; keep = socket.create_connection(l.getsockname()); return l.accept()[0].detach()
def listening(family):
    s = socket.socket(family)
    if family == socket.AF_INET: s.bind(("127.0.0.1", 0))
    else: s.bind("\0sbx-kinds-%d" % os.getpid())
    s.listen(1); return s.detach()
def pair(kind):
    global other; a, other = socket.socketpair(socket.AF_UNIX, kind); other.send(b"x"); return a.detach()
def memory():
    m = os.memfd_create("x"); os.write(m, b"text"); os.lseek(m, 0, 0); return m
kinds = {
    "file": lambda: tempfile.TemporaryFile().fileno() and os.open("file", os.O_RDONLY), "file-rw": lambda: os.open("file", os.O_RDWR),
    "file-path": lambda: os.open("file", os.O_PATH), "directory": lambda: os.open(".", os.O_RDONLY),
    "directory-path": lambda: os.open("/", os.O_PATH), "null": lambda: os.open("/dev/null", os.O_RDWR),
    "pipe": lambda: os.pipe()[0], "pipe-write": lambda: os.pipe()[1], "fifo": lambda: os.open("fifo", os.O_RDWR),
    "memfd": memory, "pidfd": lambda: os.pidfd_open(os.getpid()), "epoll": epoll,
    "eventfd": lambda: call(290, 1, 0x800), "signalfd": lambda: call(289, -1, b"\0" * 8, 8, 0x800),
    "timerfd": lambda: call(283, 1, 0x800), "inotify": lambda: call(294, 0x800),
    "namespace": lambda: os.open("/proc/self/ns/mnt", os.O_RDONLY), "proc": lambda: os.open("/proc/self/stat", os.O_RDONLY),
    "tty": lambda: os.openpty()[1], "ptmx": lambda: os.openpty()[0],
    "tcp": lambda: socket.socket().detach(), "tcp-listening": lambda: listening(socket.AF_INET), "tcp-connected": connected,
    "udp": lambda: socket.socket(type=socket.SOCK_DGRAM).detach(), "tcp6": lambda: socket.socket(socket.AF_INET6).detach(),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).detach(),
    "vsock": lambda: socket.socket(40).detach(), "packet": lambda: socket.socket(17, socket.SOCK_RAW).detach(),
    "unix": lambda: socket.socket(socket.AF_UNIX).detach(), "unix-listening": lambda: listening(socket.AF_UNIX),
    "unix-dgram": lambda: pair(socket.SOCK_DGRAM), "unix-stream": lambda: pair(socket.SOCK_STREAM),
    "unix-seqpacket": lambda: pair(socket.SOCK_SEQPACKET),
}
signalled = []
signal.signal(signal.SIGUSR1, lambda *_: signalled.append(1))
os.environ["OWNER"] = str(os.getpid())
for name in sys.argv[1].split():
    try: fd = kinds[name]()
    except OSError as e: print(name, "not here"); continue
    done = subprocess.run(sys.argv[2:], stdin=fd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    print(name, done.returncode, "SIGNALLED" if signalled else "", done.stdout.replace("\n", "; "))'

# KIND... CMD: what each kind came to, a line each
with_kinds() {
	local kinds=$1
	shift
	run "$PYTHON" -c "$MAKE" "$kinds" "$@"
}

more_setup() {
	echo text >file
	mkfifo fifo
}

@test "what would lead out is refused, whatever the policy" {
	with_kinds 'directory directory-path netlink vsock packet unix unix-listening unix-dgram' "$SBX" -q -p default --share-net true
	expect_no_line '^[a-z-]+ 0 ' || return 1
	expect_line '^directory 125 .*descriptor 0 is a directory'
	expect_line '^unix-listening 125 '
	with_kinds 'tcp tcp-listening udp tcp6' "$SBX" -q -p default true
	expect_no_line '^[a-z0-9-]+ 0 '
	expect_line '^tcp-listening 125 .*could be connected anywhere'
}

@test "what is taken is what it is: no directory, no process, no namespace, no other address, no name" {
	only_x86 # numbers of calls
	local set kinds='file file-rw file-path null pipe pipe-write fifo memfd pidfd epoll eventfd signalfd timerfd inotify namespace proc tty ptmx
		tcp-connected unix-stream unix-seqpacket'
	for set in net=none net=loopback 'namespaces=[]'; do
		[ "$set" != 'namespaces=[]' ] || [ "$(landlock_abi)" -ge 6 ] || continue
		with_kinds "$kinds" "$SBX" -q -p default --set "$set" "$PYTHON" -c "$ATTACK"
		expect_status 0
		expect_line '^pidfd 0' || return 1
		expect_no_line 'DONE|SIGNALLED' || return 1
		expect_no_line ' (1|125) ' || return 1
	done
}

@test "and unwrapped it is more" {
	only_x86
	with_kinds 'pidfd tcp-connected unix-stream' "$PYTHON" -c "$ATTACK"
	expect_line '^pidfd .*SIGNALLED .*DONE: signal'
	expect_line '^tcp-connected .*DONE: disconnect; DONE: listen'
	expect_line '^unix-stream .*DONE: recvmsg'
}

@test "a descriptor that is closed stays closed" {
	run bash -c '"$1" -q -p default sh -c "readlink /proc/self/fd/0; :" <&-' bash "$SBX"
	expect_output ''
	run bash -c '"$1" -q -p default "$2" -c "import os
for fd in 0, 1:
    try: os.fstat(fd)
    except OSError as e: os.write(2, os.strerror(e.errno).encode() + b\"\\n\")" <&- >&-' bash "$SBX" "$PYTHON"
	expect_output $'Bad file descriptor\nBad file descriptor'
}
