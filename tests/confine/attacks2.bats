#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Attacks that once got through, on processes, outputs and messages, and honest uses that once failed. See attacks.bats.

load ../cli/helper

# A program that is compiled on the spot: NAME, then its text on standard input
compile() { # NAME [FLAG...]
	gcc -w -I"$TESTS/.." "${@:2}" -x c -o "$1" -
}

# ---- sockets and files that reach further than the sandbox ----

@test "no datagram pair reaches the host's named sockets; stream pairs work" {
	background "$PYTHON" -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("sock")
while True:
    got = s.recv(9)
    open("got", "ab").write(got)'
	wait_until test -S sock
	cat >send.py <<'END'
import socket
for kind in socket.SOCK_DGRAM, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.SOCK_RAW:
    try:
        socket.socketpair(socket.AF_UNIX, kind)[0].sendto(b"sent", "sock")
    except OSError as error:
        print(error.strerror)
for kind in socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK:
    a, b = socket.socketpair(socket.AF_UNIX, kind)
    a.send(b"honest")
    print(b.recv(9))
END
	run "$SBX" -p default --rw "$PWD" "$PYTHON" send.py
	expect_status 0
	[ "$(grep -c "^b'honest'$" <<<"$output")" = 3 ] || fail "pairs"
	[ "$(wc -l <<<"$output")" = 6 ] || fail "a datagram pair could send"
	[ ! -e got ]
	"$PYTHON" send.py
	wait_until test -s got
}

SUID='import ctypes, os, stat
os.umask(0)
libc = ctypes.CDLL(None, use_errno=True)
open("plain", "w").close()
fd = os.open("plain", os.O_WRONLY)
def attempt(name, call):
    try:
        result = call()
        print(name, "OK" if result is None or result >= 0 else os.strerror(ctypes.get_errno()))
    except OSError as error:
        print(name, error.strerror)
for mode, what in (0o4755, "setuid"), (0o2755, "setgid"), (0o755, "honest"):
    attempt(what + "-chmod", lambda: os.chmod("plain", mode))
    attempt(what + "-fchmod", lambda: os.fchmod(fd, mode))
    attempt(what + "-fd", lambda: os.chmod("/proc/self/fd/%d" % fd, mode))
    attempt(what + "-stdout", lambda: os.fchmod(1, mode))
    attempt(what + "-fchmodat2", lambda: libc.syscall(452, -100, b"plain", mode, 0))
    attempt(what + "-open", lambda: os.open(what + "1", os.O_CREAT | os.O_WRONLY, mode))
    attempt(what + "-tmpfile", lambda: os.open(".", os.O_TMPFILE | os.O_RDWR, mode))
    attempt(what + "-mknod", lambda: os.mknod(what + "2", stat.S_IFREG | mode))
'
@test "no setuid file can be made, nor as root a setgid one, neither in a writable grant nor through standard output" {
	local way ways='chmod fchmod fd stdout open tmpfile mknod'
	! kernel_from 6.6 || ways+=' fchmodat2'
	mkdir rw
	(cd rw && "$SBX" -p default --rw "$PWD" "$PYTHON" -c "$SUID" >../out)
	[ -z "$(find . -perm /4000)" ] || fail "$(find . -perm /4000 -ls)"
	[ "$(id -u)" != 0 ] || [ -z "$(find . -perm /2000)" ] || fail "$(find . -perm /2000 -ls)"
	for way in $ways; do
		expect_none_ok "$(cat out)" "setuid-$way" || return 1
		[ "$(id -u)" != 0 ] || expect_none_ok "$(cat out)" "setgid-$way" || return 1
		expect_all_ok "$(cat out)" "honest-$way" || return 1
	done
	rm rw/*
	(cd rw && "$PYTHON" -c "$SUID" >../out)
	for way in $ways; do
		expect_all_ok "$(cat out)" "setuid-$way" || return 1
	done
}

@test "under a parser's latch what comes on standard input keeps its mode, times and attributes" {
	compile meta <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
int main(void)
{
	char byte;
	printf("chmod %d utime %d xattr %d chown %d read %zd\n", fchmod(0, 0777), futimens(0, NULL), fsetxattr(0, "user.x", "1", 1, 0),
	       fchown(0, -1, -1), read(0, &byte, 1));
	return 0;
}
END
	echo text >in
	chmod 600 in
	touch -d 2001-01-01 in
	run "$SBX" -p pdftotext ./meta <in
	expect_output 'chmod -1 utime -1 xattr -1 chown -1 read 1'
	[ "$(stat -c '%a %Y' in)" = "600 $(date -d 2001-01-01 +%s)" ]
	run ./meta <in
	expect_line '^chmod 0 utime 0 '
}

@test "no lease and no directory notification on what was granted; locks work" {
	echo text >file
	local attempts='import fcntl, os
def attempt(name, fd, command, value):
    try:
        fcntl.fcntl(fd, command, value)
        fcntl.fcntl(fd, command, fcntl.F_UNLCK if command == fcntl.F_SETLEASE else 0)
        print(name, "OK")
    except OSError as error:
        print(name, error.strerror)
fd = os.open("file", os.O_RDONLY)
attempt("read-lease", fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
attempt("write-lease", fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
attempt("notify", os.open(".", os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)
fcntl.flock(fd, fcntl.LOCK_EX)
fcntl.lockf(os.open("file", os.O_RDWR), fcntl.LOCK_EX | fcntl.LOCK_NB)
print("locks OK")'
	run "$SBX" -p default --rw "$PWD" "$PYTHON" -c "$attempts"
	expect_none_ok "$output" read-lease write-lease notify
	expect_all_ok "$output" locks
	run "$PYTHON" -c "$attempts"
	expect_all_ok "$output" read-lease write-lease notify locks
}

@test "the caller's process group keeps its priority; one's own can be changed" {
	local nice='import ctypes, os
libc = ctypes.CDLL(None)
print("group", libc.setpriority(1, 0, 15), "user", libc.setpriority(2, 0, 15))
print("io group", libc.syscall(251, 2, 0, 3 << 13), "io user", libc.syscall(251, 3, 0, 3 << 13))
nicer = min(os.getpriority(0, 0) + 5, 19)
print("own", libc.setpriority(0, 0, nicer), "io own", libc.syscall(251, 1, 0, 3 << 13), os.getpriority(0, 0) == nicer)'
	only_x86
	for where in new [] as-pid-1; do
		[ "$where" != "[]" ] || holds_in_place || continue
		local option=(--set "namespaces=[]")
		[ "$where" != new ] || option=()
		[ "$where" != as-pid-1 ] || option=(--as-pid-1)
		run bash -c 'sleep 100 & "$@"; ps -o ni= -p $!; kill $!' bash "$SBX" -p default "${option[@]}" "$PYTHON" -c "$nice" 3>&-
		expect_line '^group -1 user -1$' || fail "$where" || return 1
		expect_line '^io group -1 io user -1$' || fail "$where" || return 1
		expect_line '^own 0 io own 0 True$' || fail "$where" || return 1
		expect_line "^ *$(nice)\$" || fail "$where" || return 1
	done
}

# ---- staging directories ----

@test "what is named like a staging directory but isn't ours stays" {
	make_pdf in.pdf
	mkdir -p .sbx-stage-mine/data .sbx-stage-0123456789abcdeX/data shared/.sbx-stage-0123456789abcdef .sbx-stage-0123456789abcdef/x
	echo precious >.sbx-stage-mine/data/file
	echo precious >shared/.sbx-stage-0123456789abcdef/file
	chmod 777 shared
	run "$SBX" pdftotext in.pdf out.txt
	expect_status 0
	run "$SBX" pdftotext in.pdf shared/out.txt
	expect_status 0
	[ "$(cat .sbx-stage-mine/data/file shared/.sbx-stage-0123456789abcdef/file)" = $'precious\nprecious' ]
	[ -d .sbx-stage-0123456789abcdeX/data ]
	[ ! -e .sbx-stage-0123456789abcdef ] || fail "a stale one of ours is left"
	[ -s out.txt ]
	[ -s shared/out.txt ]
}

@test "however deep and closed the target makes its staging directory, nothing of it is left" {
	compile deep <<'END'
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int out = open(argv[1], O_CREAT | O_WRONLY, 0644), top = open(".", O_RDONLY);
	write(out, "honest\n", 7);
	mkdir(".sbx-0", 0700);
	mkdir("closed", 0700);
	mkdir("closed/in", 0700);
	close(open("closed/in/file", O_CREAT | O_WRONLY, 0));
	mkdir("dir", 0);
	symlink("/etc", "dir/link");
	for (int i = 0; i < 120 && mkdir("D", 0700) == 0 && chdir("D") == 0; i++)
		close(open("file", O_CREAT | O_WRONLY, 0));
	fchdir(top);
	chmod("closed/in", 0);
	chmod("closed", 0);
	chmod(".", 0);
	return 0;
}
END
	mkdir here
	cd here || return 1
	for profile in default pdftotext; do
		run "$SBX" -p "$profile" --rox "$WORK/deep" --set 'args.outputs=["1"]' ../deep out.txt
		expect_status 0 || return 1
		[ "$(ls -A)" = out.txt ] || fail "$(ls -A)" || return 1
		[ "$(cat out.txt)" = honest ]
		rm out.txt
	done
}

@test "symlinks in the way of an input or an output of a staged run" {
	make_pdf in.pdf
	pdftotext in.pdf expected
	mkdir d
	cp in.pdf d/
	ln -s in.pdf link.pdf
	ln -s link.pdf twice.pdf
	ln -s "$PWD/d/in.pdf" absolute.pdf
	ln -s d dlink
	ln -s "$PWD/d" dabsolute
	local input out
	for input in in.pdf link.pdf twice.pdf absolute.pdf dlink/in.pdf; do
		for out in out.txt d/out.txt dlink/out.txt dabsolute/out.txt; do
			run "$SBX" pdftotext "$input" "$out"
			expect_status 0 || fail "$input $out" || return 1
			expect_output "" || return 1
			cmp expected "$out"
			rm "$out"
		done
	done
	run "$SBX" pdftotext link.pdf
	cmp expected link.txt
	[ -z "$(find . -name '.sbx*')" ]
}

@test "the output's directory may be another argument" {
	mkdir d
	echo text >d/file
	run "$SBX" --set 'args.outputs=["2"]' sh -c 'echo new >"$0" && ls -d "$1"' d/out d
	expect_status 0
	expect_output d
	[ "$(cat d/out d/file)" = $'new\ntext' ]
}

# ---- what is opened, said and believed ----

@test "an interpreter that is a fifo or a device is not opened" {
	mkfifo fifo
	chmod +x fifo
	printf '#!%s/fifo\n' "$PWD" >script
	printf '#!/dev/zero\n' >zero
	chmod +x script zero
	run timeout 10 "$SBX" ./script
	expect_status 126
	run timeout 10 "$SBX" ./zero
	expect_status 126
	cp /bin/true unreadable
	chmod 711 unreadable
	run "$SBX" ./unreadable
	expect_status 0
}

@test "-q doesn't silence that a fence which was asked for is missing" {
	local damage
	for damage in missing empty text; do
		mkdir bin
		cp "$SBX" "$POLICY" "$SHIM" bin
		run --separate-stderr bin/sbx-wrap -q --set map_exec=false echo ran
		expect_output ran
		expect_no_stderr
		case $damage in
		missing) rm bin/libsbx-shim.so ;;
		empty) : >bin/libsbx-shim.so ;;
		text) echo text >bin/libsbx-shim.so ;;
		esac
		run --separate-stderr bin/sbx-wrap -q --set map_exec=false echo ran
		expect_output ran || fail "$damage" || return 1
		expect_stderr '^sbx-wrap: shim: ' || fail "$damage" || return 1
		run bin/sbx-wrap -q --latch required echo ran
		expect_refused 'shim' || fail "$damage" || return 1
		rm -r bin
	done
}

@test "messages hold no control bytes of names; the names are passed on as they are" {
	home_canary
	local name=$'a\e[31m\a\x7f\nb'
	cp "$CANARY" "$HOME_SCRATCH/$name"
	run "$SBX" cat "$HOME_SCRATCH/$name"
	grep -q 'not granted' <<<"$output" || fail "no note"
	# what cat itself says of the name is quoted only on a terminal
	[ "$(grep '^sbx-wrap\|^hint' <<<"$output" | tr -d '\n' | LC_ALL=C tr -d ' -~' | wc -c)" = 0 ] || fail "control bytes"
	run "$SBX" --ro "$PWD/$name" true
	[ "$(tr -d '\n' <<<"$output" | LC_ALL=C tr -d ' -~' | wc -c)" = 0 ] || fail "control bytes"
	echo text >"$name"
	run "$SBX" cat "$name"
	expect_output text
}

# ---- honest uses that once failed ----

@test "SIGCHLD ignored by the caller, when the policy has yet to be compiled" {
	run "$PYTHON" "$SPAWN" --ignore SIGCHLD -- "$SBX" --set "limits.tmp=\"$((70000 + RANDOM))K\"" sh -c 'exit 3'
	expect_line '^exited 3$'
	run "$PYTHON" "$SPAWN" --ignore SIGCHLD -- "$SBX" sh -c '/bin/true; exit 3'
	expect_line '^exited 3$'
}

@test "--chdir with a relative directory" {
	mkdir rel
	echo text >rel/file
	run "$SBX" --chdir rel sh -c 'pwd; cat "$1"' sh file
	expect_output "$PWD/rel"$'\n'text
	run "$SBX" --ro rel/file --chdir rel cat file
	expect_output text
	run "$SBX" --rw rel --chdir rel sh -c 'echo new >made'
	[ "$(cat rel/made)" = new ]
	run "$SBX" --chdir missing true
	expect_status 125
}

@test "any working directory, / too" {
	local dir
	for dir in / /usr /usr/share /etc /var /tmp /dev /proc /home "$REAL_HOME"; do
		cd "$dir" || return 1
		run "$SBX" pwd
		expect_status 0 || fail "$dir" || return 1
		expect_output "$dir" || return 1
	done
}

@test "--ro of the home, and --ro-bind / /: what isn't protected is there" {
	home_canary
	local visible
	visible=$(mktemp -d "$REAL_HOME/sbx-visible.XXXXXX")
	echo honest >"$visible/file"
	run "$SBX" --ro "$REAL_HOME" sh -c 'cat "$1/file"; cat "$CANARY"' sh "$visible"
	rm -r "$visible"
	expect_line '^honest$'
	expect_no_line 'the secret'
	export NEW=$PWD/new # not an argument, which would name an output
	run "$SBX" --ro-bind / / sh -c 'ls -d /mnt /opt; cat "$CANARY" /etc/shadow; echo x >"$NEW"; echo tmp >/tmp/x && cat /tmp/x'
	expect_line '^/opt$'
	expect_line '^tmp$'
	expect_no_line 'the secret|^root:'
	[ ! -e new ]
}
