#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""listeners.py DIR -- listen on the host in every way that netprobe tries to reach.

Writes DIR/ports (TCP port, UDP port, abstract name; one a line) when all are up, and appends a line to DIR/log for
everything that arrives. Ends when its standard input does.
"""
import os
import selectors
import socket
import sys

where = sys.argv[1]
abstract = "sbx-test-%d" % os.getpid()
selector = selectors.DefaultSelector()


def listen(way, family, kind, address):
    sock = socket.socket(family, kind)
    sock.bind(address)
    if kind == socket.SOCK_STREAM:
        sock.listen(16)
    selector.register(sock, selectors.EVENT_READ, way)
    return sock


tcp = listen("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
udp = listen("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
listen("abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + abstract)
listen("pathname", socket.AF_UNIX, socket.SOCK_STREAM, os.path.join(where, "stream.sock"))
listen("pathname_dgram", socket.AF_UNIX, socket.SOCK_DGRAM, os.path.join(where, "dgram.sock"))
os.chmod(os.path.join(where, "stream.sock"), 0o777)
os.chmod(os.path.join(where, "dgram.sock"), 0o777)
selector.register(sys.stdin, selectors.EVENT_READ, None)

open(os.path.join(where, "log"), "w").close()
with open(os.path.join(where, "ports.new"), "w") as ports:
    print(tcp.getsockname()[1], udp.getsockname()[1], abstract, sep="\n", file=ports)
os.rename(os.path.join(where, "ports.new"), os.path.join(where, "ports"))

while True:
    for key, _ in selector.select():
        sock, way = key.fileobj, key.data
        if way is None:
            sys.exit(0)
        if way == "accepted":
            # until the other side has said everything, or has gone without a word: that is a reset
            try:
                more = sock.recv(100)
            except ConnectionResetError:
                more = b""
            if not more:
                selector.unregister(sock)
                sock.close()
            continue
        if sock.type == socket.SOCK_STREAM:
            selector.register(sock.accept()[0], selectors.EVENT_READ, "accepted")
        else:
            sock.recv(100)
        with open(os.path.join(where, "log"), "a") as log:
            print(way, file=log)
