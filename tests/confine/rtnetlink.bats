#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What may be learnt of a network, rtnetlink(7), and asked of it, icmp(7).

load ../cli/helper

@test "a network's interfaces can be listed, none can be changed; there is no other netlink, and none without a network" {
	local look='
import socket, struct
def made(*how):
    try: return socket.socket(*how)
    except OSError as error: print(how[0], how[2], error.strerror)
route = made(16, 3, 0)
if route:
    print("interfaces", *sorted(name for number, name in socket.if_nameindex()))
    # RTM_NEWLINK with NLM_F_REQUEST | NLM_F_ACK: lo goes down
    route.send(struct.pack("=IHHII", 32, 16, 5, 1, 0) + struct.pack("=BxHiII", 0, 0, 1, 0, 1))
    print("change", -struct.unpack_from("=i", route.recv(4096), 16)[0])
for protocol in 9, 12, 15: made(16, 3, protocol) and print("made", protocol)'
	run "$SBX" -p default --set net=loopback "$PYTHON" -c "$look"
	expect_line '^interfaces lo$'
	expect_line '^change 1$'
	expect_no_line '^made'
	run "$SBX" -p default --share-net "$PYTHON" -c "$look"
	expect_line "^interfaces $(ls /sys/class/net | LC_ALL=C sort | xargs)$"
	expect_line '^change 1$'
	expect_no_line '^made'
	run "$SBX" -p default "$PYTHON" -c "$look"
	expect_line '^16 0 Address family not supported'
	expect_no_line '^interfaces|^made'
}

@test "echo requests with the host's network, as far as the kernel lets the group; with lists of ports none" {
	local look='
import socket
for how in (2, 2, 1), (10, 2, 58):
    try: print("ping", socket.socket(*how).proto)
    except OSError as error: print("ping", error.errno)'
	local plain
	plain=$("$PYTHON" -c "$look")
	run "$SBX" -p default --share-net "$PYTHON" -c "$look"
	[ "$(id -u)" = 0 ] || [ "$output" = "$plain" ] || fail "$plain: $output"
	expect_no_line '^ping (1|93)$' # a filter's
	run "$SBX" -p default --set net=loopback "$PYTHON" -c "$look"
	expect_output $'ping 1\nping 93'
}
