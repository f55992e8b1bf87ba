#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The network: nothing gets out to listeners of the host that an unwrapped program reaches.

load ../cli/helper

more_setup() {
	mkdir -p listen
	mkfifo hold
	"$PYTHON" "$TESTS/tools/listeners.py" "$PWD/listen" <hold 3>&- >/dev/null 2>&1 &
	exec {HOLD}>hold
	wait_until test -e listen/ports
	mapfile -t PORTS <listen/ports
}

more_teardown() {
	[ -z "${HOLD-}" ] || exec {HOLD}>&-
}

probe() { # OPTION... : run netprobe with these options of sbx-wrap
	run "$SBX" "$@" "$TOOLS/netprobe" "${PORTS[@]}" "$PWD/listen/stream.sock" "$PWD/listen/dgram.sock"
}

INET='tcp mptcp tcp_fastopen fastopen_connect udp udp_unconnected raw packet netlink'
UNIX='abstract pathname pathname_dgram'

@test "unwrapped, every listener is reached" {
	run "$TOOLS/netprobe" "${PORTS[@]}" "$PWD/listen/stream.sock" "$PWD/listen/dgram.sock"
	expect_all_ok "$output" tcp tcp_fastopen fastopen_connect udp udp_unconnected abstract pathname pathname_dgram
	wait_until test "$(sort -u listen/log | wc -l)" -eq 5
	local way
	for way in tcp udp abstract pathname pathname_dgram; do
		wait_until grep -qx "$way" listen/log
	done
}

@test "no way out: TCP, UDP, raw, netlink, abstract and pathname sockets" {
	probe
	expect_status 0
	# shellcheck disable=SC2086
	expect_none_ok "$output" $INET $UNIX
	[ ! -s listen/log ] || fail "arrived: $(cat listen/log)"
}

@test "no way out for a file that is called as a command with the host's network is: names decide nothing" {
	local name way
	for name in curl wget; do
		cp "$TOOLS/netprobe" "$name"
		for way in "./$name" "$WORK/$name"; do
			run "$SBX" -q "$way" "${PORTS[@]}"
			expect_status 0
			# shellcheck disable=SC2086
			expect_none_ok "$output" $INET abstract
		done
		PATH=.:$PATH run "$SBX" -q "$name" "${PORTS[@]}"
		# shellcheck disable=SC2086
		expect_none_ok "$output" $INET abstract
	done
	[ ! -s listen/log ] || fail "arrived: $(cat listen/log)"
	run "$SBX" -q -p curl ./curl "${PORTS[@]}"
	expect_all_ok "$output" tcp udp
}

@test "no way out through a granted directory that holds a socket" {
	probe --ro "$PWD/listen"
	# shellcheck disable=SC2086
	expect_none_ok "$output" $INET $UNIX
	probe --rw "$PWD/listen"
	# shellcheck disable=SC2086
	expect_none_ok "$output" $INET $UNIX
	expect_no_line ' OK$'
	[ ! -s listen/log ] || fail "arrived: $(cat listen/log)"
}

@test "no way out by name: D-Bus and the host's other sockets are not there" {
	run "$SBX" sh -c 'ls /run/dbus/system_bus_socket /run/user /var/run/docker.sock /run/systemd 2>/dev/null'
	expect_output ""
	export DBUS_SESSION_BUS_ADDRESS=unix:path=/x SSH_AUTH_SOCK=/x XDG_RUNTIME_DIR=/x
	run "$SBX" env
	expect_no_line '^(DBUS_|SSH_AUTH_SOCK|XDG_RUNTIME_DIR)'
}

@test "only loopback exists inside, and it is down unless asked for" {
	run "$SBX" sh -c 'tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "'
	expect_output lo
	cat >server.py <<'END'
import socket
a = socket.socket(); a.bind(("127.0.0.1", 0)); a.listen()
b = socket.create_connection(a.getsockname(), timeout=5); print("connected")
END
	run "$SBX" -p default "$PYTHON" server.py
	[ "$status" -ne 0 ]
	expect_no_line '^connected$'
	run "$SBX" -p default --set net=loopback "$PYTHON" server.py
	expect_status 0
	expect_output connected
}

@test "loopback inside is not the host's" {
	probe --set net=loopback
	expect_none_ok "$output" tcp abstract
	[ ! -s listen/log ] || fail "arrived: $(cat listen/log)"
}

@test "--share-net shares the host's network, and nothing else" {
	probe --share-net
	expect_status 0
	expect_all_ok "$output" tcp udp netlink
	expect_none_ok "$output" raw packet mptcp abstract pathname
	wait_until grep -qx tcp listen/log
	wait_until grep -qx udp listen/log
	run ! grep -qE 'abstract|pathname' listen/log
}

# Lists of ports: before Landlock ABI 4 they are refused, before 10 they leave no UDP
needs_ports() {
	[ "$(landlock_abi)" -ge 4 ] || skip "Landlock here doesn't know ports"
}
landlock_has_ports() { [ "$(landlock_abi)" -ge 4 ]; }
udp_has_ports() { [ "$(landlock_abi)" -ge 10 ]; }

@test "a port that net.connect names is reached, and no other, on any way" {
	needs_ports
	probe --set net=host --set "net.connect=[${PORTS[0]}]"
	expect_status 0
	expect_all_ok "$output" tcp fastopen_connect netlink
	expect_none_ok "$output" mptcp tcp_fastopen udp udp_unconnected raw packet
	wait_until grep -qx tcp listen/log
	: >listen/log
	probe --set net=host --set 'net.connect=[1]'
	expect_status 0
	# shellcheck disable=SC2086
	expect_none_ok "$output" ${INET% netlink}
	probe --set net=host --set 'net.connect=[]'
	# shellcheck disable=SC2086
	expect_none_ok "$output" ${INET% netlink}
	[ ! -s listen/log ] || fail "arrived: $(cat listen/log)"
	# without the list all of them are, but for what no policy has
	probe --set net=host
	expect_all_ok "$output" tcp tcp_fastopen fastopen_connect udp udp_unconnected
}

@test "the floor alone holds the ports, and in place they hold too" {
	needs_ports
	local way
	for way in --latch=off --set=namespaces=[]; do
		probe "$way" --share-net --set "net.connect=[${PORTS[0]}]"
		expect_all_ok "$output" tcp
		expect_none_ok "$output" mptcp tcp_fastopen
		probe "$way" --share-net --set 'net.connect=[1]'
		# shellcheck disable=SC2086
		expect_none_ok "$output" ${INET% netlink}
	done
}

@test "UDP goes by the same list where Landlock knows its ports, and is denied where not" {
	needs_ports
	probe --share-net --set "net.connect=[${PORTS[1]}]"
	expect_none_ok "$output" tcp mptcp tcp_fastopen fastopen_connect
	if udp_has_ports; then
		expect_all_ok "$output" udp udp_unconnected
		wait_until grep -qx udp listen/log
	else
		expect_none_ok "$output" udp udp_unconnected
	fi
	probe --share-net --set 'net.bind=[]'
	expect_all_ok "$output" tcp
	udp_has_ports || expect_none_ok "$output" udp udp_unconnected
	probe --share-net
	expect_all_ok "$output" udp udp_unconnected
}

bind_probe() { # OPTION... : what can be bound; 0 is any port that is free
	local port
	port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	run "$SBX" "${@//PORT/$port}" "$TOOLS/netprobe" bind "$port"
	expect_status 0
}

@test "a port that net.bind names can be bound, and no other" {
	needs_ports
	bind_probe --share-net
	expect_all_ok "$output" tcp tcp6 udp tcp_any udp_any listen
	bind_probe --share-net --set 'net.bind=[PORT]'
	expect_all_ok "$output" tcp tcp6
	expect_none_ok "$output" tcp_any
	bind_probe --share-net --set 'net.bind=[1]'
	expect_none_ok "$output" tcp tcp6 udp tcp_any
	bind_probe --share-net --latch off --set 'net.bind=[1]'
	expect_none_ok "$output" tcp tcp6 udp tcp_any
	bind_probe --share-net --set 'net.bind=[0]'
	expect_all_ok "$output" tcp_any
	expect_none_ok "$output" tcp tcp6 udp
	if udp_has_ports; then
		expect_all_ok "$output" udp_any
	fi
}

@test "with nothing to bind nothing listens, not even without bind" {
	needs_ports
	bind_probe --share-net --set 'net.bind=[]' --set 'net.connect=[]'
	expect_none_ok "$output" tcp tcp6 udp tcp_any udp_any listen
	bind_probe --share-net
	expect_all_ok "$output" listen
}

@test "--connect and --listen name ports of the host's network" {
	needs_ports
	probe --connect "1,${PORTS[0]}"
	expect_all_ok "$output" tcp
	probe --connect 1
	expect_none_ok "$output" tcp
	bind_probe --listen 1,PORT
	expect_all_ok "$output" tcp
	bind_probe --listen 1
	expect_none_ok "$output" tcp
	probe --connect 1 --connect "${PORTS[0]}" # one option doesn't undo the other
	expect_all_ok "$output" tcp
	run "$SBX" --connect no-such-service true
	expect_refused 'net.connect: "no-such-service"'
	run "$SBX" --connect https,1 --dry-run true
	! getent services https >/dev/null || expect_line 'connect = [[(] 443, 1 [])]'
}

@test "an option or key for sockets brings its calls, whatever the profile's filter has" {
	local profile none='preload=[]' # Python's modules fit nothing but Python
	for profile in python3 node ffmpeg xmllint pandoc git-clone tar; do
		probe -p "$profile" --set "$none"
		expect_none_ok "$output" tcp udp pathname
		probe -p "$profile" --set "$none" --share-net
		expect_all_ok "$output" tcp udp
		if landlock_has_ports; then
			probe -p "$profile" --set "$none" --connect "${PORTS[0]}"
			expect_all_ok "$output" tcp
			bind_probe -p "$profile" --set "$none" --listen PORT
			expect_all_ok "$output" tcp listen
		fi
		bind_probe -p "$profile" --set "$none" --set net=loopback
		expect_all_ok "$output" tcp listen
		probe -p "$profile" --set "$none" --unix-sockets --rw "$PWD/listen"
		expect_all_ok "$output" pathname pathname_dgram
		expect_none_ok "$output" tcp udp
	done
	# in a profile as well; what was given later narrows
	cat >my.conf <<-'END'
		profiles = {
			wide = { inherit = "python3"; net = "loopback"; };
			narrow = { inherit = "wide"; seccomp = { deny = [ "...", "@network-io" ]; }; };
		};
	END
	bind_probe --config my.conf -p wide --set "$none"
	expect_all_ok "$output" tcp listen
	bind_probe --config my.conf -p narrow --set "$none"
	expect_none_ok "$output" tcp udp listen
	probe --share-net --set 'seccomp.deny=["...","socket"]'; expect_refused 'net.mode needs the call socket, which seccomp.deny, given along with it, keeps out'
}

@test "names are looked up over TCP where a list leaves no UDP" {
	needs_ports
	udp_has_ports && skip "Landlock here knows UDP's ports"
	run env RES_OPTIONS=timeout:1 "$SBX" --connect 53,443 sh -c 'echo "$RES_OPTIONS"'
	expect_output "timeout:1 use-vc"
	run env RES_OPTIONS="use-vc timeout:1" "$SBX" --connect 53 sh -c 'echo "$RES_OPTIONS"'
	expect_output "use-vc timeout:1"
	run env -u RES_OPTIONS "$SBX" --connect 53 sh -c 'echo "$RES_OPTIONS"'
	expect_output "use-vc"
	run --separate-stderr env -u RES_OPTIONS "$SBX" --connect 443 sh -c 'echo "$RES_OPTIONS"'
	expect_output ""
	run env -u RES_OPTIONS "$SBX" --share-net sh -c 'echo "$RES_OPTIONS"'
	expect_output ""
}

@test "a kernel without ports refuses a list of them, and says so" {
	run "$POLICY" compile --abi 3 --set net=host --set 'net.connect=[443]' -o refused default
	expect_status 1
	expect_line 'layer landlock: lists of ports need ABI 4 \(Linux 6.7\), this kernel has ABI 3'
	expect_line 'best_effort'
	[ ! -e refused ]
	run "$POLICY" compile --abi 3 --set net=host --set 'net.bind=[443]' -o refused default
	expect_status 1
	run "$POLICY" compile --abi 3 --set net=host --set 'net.bind=[443]' --set 'best_effort=["landlock"]' -o made default
	expect_status 0
	run "$POLICY" compile --abi 4 --set net=host --set 'net.connect=[443]' -o made default
	expect_status 0
	run "$POLICY" compile --abi 3 --set net=host -o made default
	expect_status 0
}

@test "Unix sockets that the policy allows reach what is granted, and no abstract name of the host" {
	[ "$(landlock_abi)" -ge 6 ] || skip "Landlock here doesn't scope abstract sockets"
	probe --share-net --set unix_sockets=true --rw "$PWD/listen"
	expect_all_ok "$output" tcp pathname pathname_dgram
	expect_none_ok "$output" abstract
	probe --share-net --set unix_sockets=true
	expect_none_ok "$output" abstract pathname pathname_dgram
	wait_until grep -qx pathname listen/log
	run ! grep -qx abstract listen/log
}

@test "where Landlock knows sockets, one of the sandbox's own works, below /tmp and in a grant, for its children too" {
	[ "$(landlock_abi)" -ge 9 ] || skip "Landlock here doesn't know sockets"
	cat >own.py <<'END'
import os, socket, sys
for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
    path = "%s/own-%d" % (sys.argv[1], kind)
    server = socket.socket(socket.AF_UNIX, kind)
    server.bind(path)
    if kind == socket.SOCK_STREAM:
        server.listen()
    if os.fork() == 0:
        client = socket.socket(socket.AF_UNIX, kind)
        client.connect(path)
        client.send(b"own")
        os._exit(0)
    peer = server.accept()[0] if kind == socket.SOCK_STREAM else server
    print(peer.recv(9).decode())
END
	run "$SBX" -q -p default "$PYTHON" own.py /tmp
	expect_output $'own\nown'
	run "$SBX" -q -p default --rw "$PWD" "$PYTHON" own.py "$PWD"
	expect_output $'own\nown'
}

@test "--share-net brings what name resolution and TLS need" {
	run "$SBX" --share-net sh -c 'test -r /etc/resolv.conf && echo there'
	[ ! -e /etc/resolv.conf ] || expect_output there
	run "$SBX" sh -c 'test -e /etc/resolv.conf && echo there'
	expect_output ""
}

@test "names can't be resolved and ports not bound on the host" {
	run "$SBX" -p default "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("0.0.0.0", 0)); print("bound")'
	# without ports in Landlock it can be bound, in a network that holds nothing else
	[ "$(landlock_abi)" -lt 4 ] || expect_no_line '^bound$'
	run "$SBX" -p default readlink /proc/self/ns/net
	[ "$output" != "$(readlink /proc/self/ns/net)" ]
	run "$SBX" -p default --share-net "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print("bound")'
	expect_output bound
}

@test "an inherited socket is closed" {
	run "$PYTHON" - "$SBX" "$TOOLS/state" <<'END'
import os, socket, sys
pair = socket.socketpair()
os.dup2(pair[0].fileno(), 9, inheritable=True)
os.execv(sys.argv[1], [sys.argv[1], sys.argv[2], "fds"])
END
	expect_output $'fd 0\nfd 1\nfd 2'
}

@test "a socket on standard input that could be connected anywhere is refused, a connection is not" {
	cat >inherit.py <<-'END'
		import socket, subprocess, sys
		kind, command = sys.argv[1], sys.argv[2:]
		if kind == "pair":
		    sock, peer = socket.socketpair()
		elif kind == "tcp":
		    listener = socket.create_server(("127.0.0.1", 0))
		    sock = socket.create_connection(listener.getsockname())
		else:
		    sock = socket.socket(socket.AF_INET, {"udp": socket.SOCK_DGRAM, "fresh": socket.SOCK_STREAM}[kind])
		sys.exit(subprocess.run(command, stdin=sock).returncode)
	END
	local kind
	for kind in udp fresh; do
		run "$PYTHON" inherit.py $kind "$SBX" echo ran
		expect_refused 'descriptor 0 is a socket of the host.s network'
		run "$PYTHON" inherit.py $kind "$SBX" --share-net echo ran
		expect_output ran
	done
	for kind in pair tcp; do # what it could be made into: inherited.bats
		run "$PYTHON" inherit.py $kind "$SBX" echo ran
		expect_output ran
	done
}

@test "without a network namespace no family but Unix gives a socket: the filter says so alone" {
	local outside='namespaces=["user","mount","pid","uts","ipc","cgroup"]' families='
import socket
for family in range(64):
    for kind in (1, 2, 3, 4, 5, 6, 10):
        try: socket.socket(family, kind); print("open", family, kind)
        except OSError: pass
socket.socketpair(); print("pair")'
	run "$SBX" --set "$outside" -p default "$PYTHON" -c "$families"
	expect_line '^pair$'
	expect_no_line '^open ([^1]|1[0-9])'
	# from Landlock's ABI 9 on Unix sockets come into being, and the ruleset holds what they reach
	[ "$(landlock_abi)" -ge 9 ] || expect_output pair
	run "$SBX" --share-net -p default "$PYTHON" -c "$families"
	expect_line '^open 2 1$'
	run "$SBX" --set "$outside" -p default cat /proc/net/dev # what it gives up: the host's interfaces can be seen
	expect_status 0
	[ "$(wc -l <<<"$output")" = "$(wc -l </proc/net/dev)" ]
}
