#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The shim without the loader: a layer that sbx-policy compile -o wrote, named by SBX_POLICY.

load helper

more_setup() {
	LAYER=$PWD/tool.sbx
	make_pdf in.pdf
}

compile() { # OPTION...
	"$POLICY" compile -o "$LAYER" "$@"
}

alone() { # COMMAND...
	env LD_PRELOAD="$SHIM" SBX_POLICY="$LAYER" "$@"
}

# The run must end with 125 before main, with a message of the shim.
refused() { # PATTERN [COMMAND...]
	run alone "${@:2}"
	expect_status 125
	expect_line "^sbx-shim: .*$1"
	expect_no_line '^ran$'
}

@test "a real tool does its work, and has nothing left to attack with" {
	compile pdftotext
	run alone pdftotext in.pdf out.txt
	expect_status 0
	expect_output ""
	pdftotext in.pdf expected.txt
	cmp out.txt expected.txt
	run alone pdftotext absent.pdf -
	expect_status 1
	run alone cat /proc/self/status
	expect_line '^NoNewPrivs:	1$'
	expect_line '^Seccomp:	2$'
	# the attack changes files where it can: only here
	local lists=(--set args.grants=false --set "fs.write=[\"$PWD\"]")
	compile "${lists[@]}" pdftotext
	run alone "$TOOLS/exploit" in.pdf found.txt
	expect_none_ok "$(cat found.txt)" mmap_exec mprotect_exec memfd_create socket_inet socket_udp socket_unix \
		socket_netlink fork execve execve_real ptrace keyctl io_uring etc_create usr_create shadow
	# the attack itself is sound
	make_pdf in.pdf
	compile "${lists[@]}" --set net=host default
	run alone "$TOOLS/exploit" in.pdf found.txt
	expect_all_ok "$(cat found.txt)" mmap_exec socket_inet fork
	expect_none_ok "$(cat found.txt)" etc_create usr_create shadow ptrace keyctl
}

@test "file access stays as the process has it, where the policy depends on arguments" {
	compile pdftotext
	echo text >file
	run alone sh -c 'read -r line <file; echo "$line" >copy'
	expect_status 0
	[ "$(cat copy)" = text ]
	compile unzip # which restores modes
	alone chmod 600 file
}

@test "with args.grants = false the policy's lists hold" {
	home_canary
	mkdir inner
	echo text >inner/file
	compile --set args.grants=false --set "fs.read=[\"...\", \"$PWD/inner\"]" parser
	run alone cat "$PWD/inner/file"
	expect_output text
	run alone cat "$CANARY"
	expect_status 1
	expect_line 'Permission denied'
	run alone sh -c ': >created'
	[ ! -e created ] || fail "written"
	compile parser
	run alone cat "$CANARY"
	expect_line 'the secret'
}

@test "a program that may start others leaves them as little" {
	compile --set net=none default
	run alone sh -c 'grep -E "NoNewPrivs|Seccomp:" /proc/self/status; exec "$0" -c "$1"' "$PYTHON" \
		'import socket; print("made", socket.socket())'
	expect_line '^NoNewPrivs:	1$'
	expect_line '^Seccomp:	2$'
	expect_no_line '^made'
	expect_line 'PermissionError'
	run "$PYTHON" -c 'import socket; print("made", socket.socket())'
	expect_line '^made'
	compile --set 'fs.exec=["/usr","/lib","/lib64"]' --set 'fs.optional=["/lib","/lib64"]' default
	cp /bin/true ./own
	run alone sh -c './own'
	expect_status 126
	./own
}

@test "the environment is left without a trace, wherever the shim stood in the list" {
	compile parser
	local lib list
	lib=$(/sbin/ldconfig -p | sed -n 's/.*libbz2\.so\.1\.0 .* => //p' | head -1)
	run alone "$TOOLS/late" --env
	expect_no_line '^(LD_PRELOAD|SBX_POLICY)'
	for list in "$SHIM:$lib" "$lib:$SHIM" "$lib $SHIM" "$SHIM $lib"; do
		run env LD_PRELOAD="$list" SBX_POLICY="$LAYER" "$TOOLS/late" --env
		expect_status 0
		expect_line "^LD_PRELOAD=$lib\$"
		expect_no_line '^SBX_POLICY'
	done
	run env LD_PRELOAD="$lib:$SHIM:$lib" SBX_POLICY="$LAYER" "$TOOLS/late" --env
	expect_line "^LD_PRELOAD=$lib:$lib\$"
	run env LD_PRELOAD="$lib:$SHIM" SBX_POLICY="$LAYER" cat /proc/self/environ
	! tr '\0' '\n' <<<"$output" | grep -qE '^(SBX_POLICY|LD_PRELOAD=.*sbx)' || fail "traces are left"
}

@test "preload, by hand: the list behind the shim" {
	compile parser
	local lib
	lib=$(/sbin/ldconfig -p | sed -n 's/.*libbz2\.so\.1\.0 .* => //p' | head -1)
	run env LD_PRELOAD="$SHIM" SBX_POLICY="$LAYER" "$TOOLS/late" libbz2.so.1.0
	[ "$output" != OK ]
	run env LD_PRELOAD="$SHIM:$lib" SBX_POLICY="$LAYER" "$TOOLS/late" libbz2.so.1.0
	expect_output OK
}

@test "no policy, no run" {
	run env LD_PRELOAD="$SHIM" "$TOOLS/state" pid
	expect_status 125
	expect_line '^sbx-shim: .*without a policy'
	compile parser
	run env LD_PRELOAD="$SHIM" SBX_POLICY= "$TOOLS/state" pid
	expect_status 125
	LAYER=$PWD/absent.sbx
	refused "absent.sbx" sh -c 'echo ran'
}

@test "the path is absolute and leads through no symlink" {
	compile parser
	ln -s tool.sbx link.sbx
	ln -s . way
	LAYER=tool.sbx refused 'absolute path' sh -c 'echo ran'
	LAYER=./tool.sbx refused 'absolute path' sh -c 'echo ran'
	LAYER=$PWD/link.sbx refused symlink sh -c 'echo ran'
	LAYER=$PWD/way/tool.sbx refused 'on the way' sh -c 'echo ran'
	LAYER=$PWD refused 'no regular file' sh -c 'echo ran'
	LAYER=/dev/null refused 'no regular file' sh -c 'echo ran'
	mkfifo fifo
	LAYER=$PWD/fifo refused 'no regular file|errno' sh -c 'echo ran'
	LAYER=/$(printf 'x%.0s' {1..5000}) refused 'absolute path' sh -c 'echo ran'
	run alone true
	expect_status 0
}

@test "what others can write is not believed" {
	compile parser
	chmod 664 tool.sbx
	refused 'nobody else can write' sh -c 'echo ran'
	chmod 646 tool.sbx
	refused 'nobody else can write' sh -c 'echo ran'
	chmod 644 tool.sbx
	run alone true
	expect_status 0
	mkdir open
	mv tool.sbx open
	chmod 777 open
	LAYER=$PWD/open/tool.sbx refused 'writable by others' sh -c 'echo ran'
	chmod 755 open
	LAYER=$PWD/open/tool.sbx run alone true
	expect_status 0
}

@test "another user's file is not believed" {
	only_root
	compile parser
	chown nobody tool.sbx
	refused "root's or the caller's" sh -c 'echo ran'
	chown root tool.sbx
	run alone true
	expect_status 0
	# root's serves everybody
	mkdir /srv/sbx-alone.$$
	cp "$LAYER" "/srv/sbx-alone.$$/"
	LAYER=/srv/sbx-alone.$$/tool.sbx run alone setpriv --reuid=nobody --regid=nogroup --clear-groups /bin/echo ran
	rm -r /srv/sbx-alone.$$
	# setpriv itself may not change ids behind the latch, nor exec: a program started as that user may latch
	[ "$status" -ne 0 ]
}

@test "a file that is cut, damaged or something else is not believed" {
	compile parser
	cp tool.sbx whole
	local size at
	size=$(stat -c %s whole)
	for at in 0 1 7 8 31 32 40 $((size / 2)) $((size - 8)) $((size - 1)); do
		head -c "$at" whole >tool.sbx
		refused damaged sh -c 'echo ran'
	done
	{ cat whole; printf '\0\0\0\0\0\0\0\0'; } >tool.sbx
	refused damaged sh -c 'echo ran'
	for at in 0 4 9 12 20 60 200 $((size - 20)); do
		cp whole tool.sbx
		printf '\377' | dd of=tool.sbx bs=1 seek="$at" conv=notrunc status=none
		refused damaged sh -c 'echo ran'
	done
	head -c 2000000 /dev/zero >tool.sbx
	refused damaged sh -c 'echo ran'
	"$POLICY" compile --blob-fd 5 parser 5>tool.sbx
	refused damaged sh -c 'echo ran'
	cp whole tool.sbx
	run alone true
	expect_status 0
}

@test "compiled for a newer Landlock than the kernel's: refused" {
	[ "$(landlock_abi)" -lt 11 ] || skip "no newer Landlock is known"
	compile --abi 11 parser
	refused 'newer kernel' sh -c 'echo ran'
	compile --abi 1 parser
	run alone true
	expect_status 0
}

@test "what can't be had without the loader doesn't compile" {
	run compile npm
	expect_status 1
	expect_line '"\$PWD": without the loader nobody expands it'
	run compile --set 'fs.hide=["/usr/share"]' parser
	expect_status 1
	expect_line 'fs.hide'
	run compile --set net=loopback parser
	expect_status 1
	expect_line 'loopback'
	run compile --set children=true default
	expect_status 1
	expect_line 'children: without the loader there is no private root'
	run compile --set latch=off parser
	expect_status 1
	expect_line 'latch: with "off" the shim alone has nothing to apply'
	[ ! -e tool.sbx ]
	compile --set children=true --set latch=required parser
}

@test "SBX_POLICY goes for nothing under the loader" {
	compile default
	run env SBX_POLICY="$LAYER" "$SBX" -p parser cat /proc/self/environ
	! tr '\0' '\n' <<<"$output" | grep -q ^SBX_POLICY || fail "it passed"
}

@test "a shim that is preloaded everywhere doesn't meet a sandbox that needs none" {
	"$POLICY" compile -p pdftotext -o everywhere.sbx
	for options in '' '--latch off' '--set map_exec=false' '--set namespaces=[]'; do
		# shellcheck disable=SC2086
		run env LD_PRELOAD="$SHIM" SBX_POLICY="$PWD/everywhere.sbx" "$SBX" --rox "$(dirname "$SHIM")" $options sh -c 'echo "ran $LD_PRELOAD"'
		expect_status 0 || fail "$options" || return 1
		expect_output 'ran ' || fail "$options" || return 1
	done
	run env LD_PRELOAD="$SHIM" "$SBX" --set children=true sh -c 'echo "ran $LD_PRELOAD"'
	expect_output 'ran /run/sbx/libsbx-shim.so:/run/sbx/libsbx-shim.so'
	run env LD_PRELOAD="/none/a.so:$SHIM $SHIM:/none/b.so" "$SBX" -q sh -c 'echo "ran $LD_PRELOAD"'
	expect_line '^ran /none/a\.so:/none/b\.so$'
}

@test "sbx-policy compile -o: a device or a pipe is written into, never replaced" {
	mkfifo pipe
	timeout 10 cat pipe >got &
	"$POLICY" compile -o pipe pdftotext
	wait $!
	[ -p pipe ]
	"$POLICY" compile -o file pdftotext
	cmp got file
	"$POLICY" compile -o /dev/stdout pdftotext | cmp - file
	ln -s /dev/null device # as root the link's directory is writable, as /dev is
	"$POLICY" compile -o device pdftotext
	[ -L device ] && [ -c device ] && [ -c /dev/null ]
}
