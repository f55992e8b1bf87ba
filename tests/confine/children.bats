#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# children = true: each program that the command starts stacks the latch of the profile that matches it.

load ../cli/helper

more_setup() {
	make_pdf in.pdf
	cp "$TOOLS/exploit" pdftotext
}

# a script in the current directory, which the sandbox may write and execute
script() { # NAME <TEXT
	{
		echo '#!/bin/sh'
		cat
	} >"$1"
	chmod +x "$1"
}

piped() { # OPTION... -- CMD...: with children
	run "$SBX" --rwx . --set children=true "$@"
}

filters() { # TEXT
	sed -n 's/^Seccomp_filters:\t//p' <<<"$1"
}
own_filters() {
	filters "$(cat /proc/self/status)"
}

LATCHED='mmap_exec mprotect_exec socket_inet socket_udp socket_unix fork execve execve_real'

# What the stand-in for an exploited pdftotext found, in $FOUND
found() {
	FOUND=$(cat out.txt)
}
expect_latched() {
	found
	# shellcheck disable=SC2086
	expect_none_ok "$FOUND" $LATCHED || return 1
	[ "$(outcome "$FOUND" end)" = OK ] || fail "the list is not complete: $FOUND"
}
expect_unlatched() {
	found
	expect_all_ok "$FOUND" mmap_exec socket_inet fork exec_in_child
}

@test "a tool in a script has no network, no exec and no executable memory, though the script has" {
	script job <<-'END'
		"$PYTHON" -c 'import socket; socket.socket()' || exit 3
		./pdftotext in.pdf out.txt || exit 4
		echo "after $?"
	END
	piped --share-net --set map_exec=true ./job
	expect_status 0
	expect_output "after 0"
	expect_latched
}

@test "the same script without children: the tool has what the script has" {
	script job <<<'./pdftotext in.pdf out.txt'
	run "$SBX" --rwx . --share-net ./job
	expect_status 0
	expect_unlatched
}

@test "a tool keeps the script's files" {
	script job <<-'END'
		echo sibling >sibling.txt
		pdftotext in.pdf out.txt
		cat sibling.txt out.txt
		mv out.txt moved.txt && mkdir d && mv moved.txt d/ && cat d/moved.txt
	END
	piped ./job
	expect_status 0
	expect_line 'Hello from a real PDF'
	expect_line '^sibling$'
}

@test "a tool started with every descriptor closed, or from a thread, latches" {
	cat >job.py <<-'END'
		import subprocess, threading
		subprocess.run(["./pdftotext", "in.pdf", "out.txt"], close_fds=True, check=True)
		def late():
		    subprocess.run(["./pdftotext", "in.pdf", "thread.txt"], close_fds=True, check=True)
		open("in.pdf", "w").write("again")
		t = threading.Thread(target=late)
		t.start()
		t.join()
	END
	piped -p default "$PYTHON" job.py
	expect_status 0
	expect_latched
	mv thread.txt out.txt
	expect_latched
	make_pdf in.pdf
	script job <<<'./pdftotext in.pdf out.txt <&- >&- 2>&-'
	piped ./job
	expect_status 0
	expect_latched
}

@test "a tool of the other libc latches" {
	cp "$TOOLS/exploit-musl" pdftotext
	script job <<<'./pdftotext in.pdf out.txt'
	piped --share-net ./job
	expect_status 0
	expect_latched
}

@test "a tool latches by its file's name when a link has another, and by the link's when that matches" {
	mv pdftotext real && ln -s real pdftotext
	script job <<<'./pdftotext in.pdf out.txt'
	piped --share-net ./job
	expect_latched
	rm pdftotext && mv real pdftotext && ln -s pdftotext reader
	make_pdf in.pdf
	script job <<<'./reader in.pdf out.txt'
	piped --share-net ./job
	expect_latched
}

@test "a command that can't latch itself still has children that do" {
	echo 'int execv(const char *, char *const *); int main(int c, char **v) { return c ? execv(v[1], v + 1) : 0; }' |
		gcc -static -w -x c -o launch -
	piped --share-net ./launch ./pdftotext in.pdf out.txt
	expect_status 0
	expect_latched
}

# ---- what is not covered has what the script has, and no more ----

@test "a tool whose environment is dropped or forged has what the script has" {
	local none
	none=$(printf 'f%.0s' {1..64})
	for how in 'env -i' "env SBX_CHILDREN=$none" 'env -u LD_PRELOAD' 'xargs env -u LD_PRELOAD'; do
		make_pdf in.pdf
		script job <<<"$how ./pdftotext in.pdf out.txt"
		piped --share-net ./job
		expect_status 0
		expect_unlatched || fail "$how"
		expect_none_ok "$FOUND" shadow etc_create usr_create ptrace keyctl io_uring || fail "$how"
	done
}

@test "a static tool has what the script has" {
	cp "$TOOLS/hostile" pdftotext
	home_canary
	script job <<<'./pdftotext'
	run "$SBX" --rwx . --set children=true ./job <<<"$CANARY"
	expect_line '^end OK$'
	expect_all_ok "$output" socket_inet fork
	expect_none_ok "$output" canary shadow etc_create usr_create mount unshare setns ptrace keyctl io_uring bpf
}

@test "a program that matches no profile has what the script has; a shell in between hides nothing" {
	cp pdftotext other
	script job <<<'./other in.pdf out.txt'
	piped --share-net ./job
	expect_unlatched
	make_pdf in.pdf
	script job <<-'END'
		"$PYTHON" -c 'import os; os.system("./pdftotext in.pdf out.txt; true")'
	END
	piped --share-net ./job
	expect_latched
}

# ---- stacking ----

# profiles p1..pN, each with a latch of its own, that may execute; and t for t1 and t2
profiles() { # N
	local calls=(tee splice mlock mlock2 munlock mlockall munlockall msgget semget shmget timer_create inotify_init flock
		fallocate readahead syncfs) i
	echo 'profiles = {'
	for ((i = 1; i <= $1; i++)); do
		echo "p$i = { match = [ \"p$i\" ]; seccomp = { deny = [ \"@aio\", \"@obsolete\", \"${calls[i - 1]}\" ]; }; };"
	done
	echo 't = { match = [ "t1", "t2" ]; }; off = { match = [ "off" ]; latch = "off"; };'
	echo '};'
}

@test "a profile that is in force already is not stacked again" {
	profiles 1 >conf && chmod 644 conf
	script t1 <<<'exec ./t2'
	script t2 <<<'exec cat /proc/self/status'
	script p1 <<<'exec ./t1'
	script off <<<'exec cat /proc/self/status'
	piped --config conf sh -c 'cat /proc/self/status'
	[ "$(filters "$output")" = $(($(own_filters) + 2)) ] || fail "not two filters"
	piped --config conf sh -c './off; true'
	[ "$(filters "$output")" = $(($(own_filters) + 2)) ] || fail "not two filters"
	piped --config conf sh -c './t1; true'
	[ "$(filters "$output")" = $(($(own_filters) + 3)) ] || fail "not three filters"
	piped --config conf sh -c './p1; true'
	[ "$(filters "$output")" = $(($(own_filters) + 4)) ] || fail "not four filters"
}

@test "what can't be stacked ends the program with a message, and only that program" {
	profiles 16 >conf && chmod 644 conf
	local i last=15 # with the floor
	for ((i = 1; i <= 16; i++)); do
		script p$i <<<"echo in $i; ./p$((i + 1)); echo \"p$((i + 1)): \$?\""
	done
	piped --config conf sh -c './p1; true'
	expect_status 0
	expect_line "^in $last\$"
	expect_no_line "^in $((last + 1))\$"
	expect_line '^sbx-shim: landlock: 16 layers are stacked already.*errno 7$'
	expect_line "^p$((last + 1)): 125\$"
	expect_line '^p2: 0$'
}

# ---- the table and the claims ----

@test "nobody inside can change, replace or hide the table, or read the claims" {
	script job <<-'END'
		for path in /run/sbx/children /run/sbx/claims; do
			rm -f $path && echo "removed $path"
			mv $path /tmp/x && echo "moved $path"
			chmod 666 $path && echo "changed $path"
		done
		echo x >/run/sbx/children && echo "wrote"
		timeout 5 cat /run/sbx/claims && echo "read"
		touch /run/sbx/new && echo "made"
		true
	END
	piped -v ./job
	expect_status 0
	expect_no_line '^(removed|moved|changed|wrote|read|made)'
}

# Run `true` with the shim and this file as the table, on a read-only tmpfs or ($2) a writable one
with_table() { # FILE [rw]
	run unshare -Urm sh -c '
		mount -t tmpfs tmpfs /run && mkdir /run/sbx && cp "$1" /run/sbx/children && mount -o "remount,bind,${2:-ro}" /run || exit 9
		LD_PRELOAD=$SHIM /bin/true' sh "$@"
}

@test "a table that is damaged, short or not where the loader puts it is refused" {
	script job <<<'cat /run/sbx/children >table'
	piped ./job
	expect_status 0
	with_table table
	expect_status 0
	with_table table rw
	expect_status 125
	expect_line 'preloaded without a policy'
	head -c 4096 table >short
	with_table short
	expect_status 125
	expect_line '/run/sbx/children is damaged'
	cp table flipped
	printf '\xff' | dd of=flipped bs=1 seek=60 conv=notrunc status=none
	with_table flipped
	expect_status 125
	head -c 8192 /dev/urandom >garbage
	with_table garbage
	expect_status 125
	run env LD_PRELOAD="$SHIM" /bin/true
	expect_status 125
}

@test "claims are counted, told as claims, and forged ones can't break the summary" {
	cat >forge.py <<-'END'
		import os, struct
		fd = os.open("/run/sbx/claims", os.O_WRONLY | os.O_NONBLOCK)
		def claim(child, name, magic=0x6d786273):
		    os.write(fd, struct.pack("<II", magic, child) + name.ljust(56, b"\0"))
		claim(0, b"\x1b[31mred\x07\n")
		claim(99999, b"range")
		claim(0, b"")
		claim(0, b"x" * 56)
		claim(0, b"wrongmagic", 7)
		os.write(fd, b"torn")
		for i in range(200):
		    claim(0, b"many%d" % i)
	END
	script job <<-'END'
		pdftotext in.pdf - >/dev/null
		pdftotext in.pdf - >/dev/null
		"$PYTHON" forge.py 2>/dev/null
		exit 7
	END
	piped -v ./job
	expect_status 7
	expect_line '^sbx-wrap: children: programs that say they latched \(claims, no proof\):$'
	expect_line '^  pdftotext +pdftotext +2$'
	expect_line '^  \?\[31mred\?\? +'
	expect_no_line 'range|wrongmagic|xxxxx'
	expect_line '^  and [0-9]+ runs of further programs$'
	expect_line '^  and 260 bytes that are no claim$'
	[ "$(wc -l <<<"$output")" -lt 90 ] || fail "unbounded"
	# without -v nobody reads them, and nothing is said
	piped ./job
	expect_status 7
	expect_output ""
}

@test "of a flood of claims so much is read in a second, and that is told" {
	cat >flood.py <<-'END'
		import os, struct
		claim = struct.pack("<II", 0x6d786273, 0) + b"p".ljust(56, b"\0")
		fd = os.open("/run/sbx/claims", os.O_WRONLY)
		for i in range(2048): os.write(fd, claim * 32)
	END
	script job <<<'"$PYTHON" flood.py'
	piped -v ./job
	expect_line '^  and what came when more was said than is read in a second$'
}

@test "a flood of claims ends with the script" {
	script job <<<'yes forged >/run/sbx/claims & sleep 1; exit 3'
	piped -v ./job
	expect_status 3
	expect_line '^  and [0-9]+ bytes that are no claim$'
}

@test "six tools in a pipeline: each latches, and the result is that of a run without" {
	cat >conf <<-'END'
		profiles = {
			filter = { inherit = "parser"; match = [ "sort", "gzip", "sed", "cksum" ]; };
			grep = { inherit = "parser"; match = [ "grep" ]; };
		};
	END
	chmod 644 conf
	script job <<-'END'
		pdftotext in.pdf - | sed 's/Hello/Bye/' | grep . | sort | gzip -n >out.gz
		gzip -dc out.gz | cksum
		sort /nonexistent
		echo "sort: $?"
		grep -q nothing in.pdf
		echo "grep: $?"
		exit 5
	END
	run --separate-stderr "$SBX" --rwx . --config conf ./job
	expect_status 5
	local plain=$output plain_stderr=$stderr
	run --separate-stderr "$SBX" --rwx . --config conf --set children=true ./job
	expect_status 5
	[ "$output" = "$plain" ] && [ "$stderr" = "$plain_stderr" ] || fail "not as without children: $plain $plain_stderr"
	piped -v --config conf ./job
	expect_status 5
	local tool
	for tool in 'pdftotext +pdftotext +1' 'sed +filter +1' 'grep +grep +2' 'sort +filter +2' 'gzip +filter +2' 'cksum +filter +1'; do
		expect_line "^  $tool\$"
	done
}

@test "children without the shim are refused, not run without their latches" {
	mkdir copy
	cp "$BUILD/sbx-wrap" "$BUILD/sbx-policy" copy/
	run copy/sbx-wrap --set children=true true
	expect_refused 'shim'
	run copy/sbx-wrap true
	expect_status 0
}

@test "children where the host's /run is granted are refused" {
	run "$SBX" --set children=true --ro /run true
	expect_refused '--ro /run: it holds the sandbox'
}

@test "the first program's traces stay, and only for those that it starts" {
	piped sh -c 'tr "\0" "\n" </proc/$$/environ'
	expect_line '^LD_PRELOAD=/run/sbx/libsbx-shim.so:/run/sbx/libsbx-shim.so$'
	expect_line '^SBX_CHILDREN=0{64}$'
	expect_no_line '^SBX_LATCH'
	run "$SBX" sh -c 'tr "\0" "\n" </proc/$$/environ'
	expect_no_line '^(SBX_|LD_PRELOAD)'
}

@test "SBX_POLICY holds beside the table, and one that can't be read ends the program" {
	"$POLICY" compile -o tool.sbx default
	script job <<-'END'
		SBX_POLICY=$PWD/tool.sbx grep Seccomp_filters /proc/self/status
		SBX_POLICY=/nonexistent cat /dev/null
		echo $?
		grep -c SBX_POLICY /proc/self/environ
	END
	is_root || chmod go-w . tool.sbx
	only_root # inside, what belongs to root and isn't the caller's belongs to nobody known
	piped -p default ./job
	expect_line "^Seccomp_filters:.*$(($(own_filters) + 3))$"
	expect_line '^125$'
}

@test "what would take a child's latch away is an error: no /proc, a /run of one's own, SBX_CHILDREN" {
	piped --set 'proc="none"' true
	expect_refused 'children: what program a process is stands in /proc'
	piped --tmpfs /run true
	expect_refused 'something else is asked for at /run/sbx'
	piped --setenv SBX_CHILDREN ffff true
	expect_refused 'SBX_\* belong to the sandbox'
	run "$SBX" --setenv SBX_LATCH 0,-,0 true
	expect_refused 'SBX_\* belong to the sandbox'
}
