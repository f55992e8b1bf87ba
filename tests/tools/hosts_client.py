# SPDX-License-Identifier: MIT
# hosts_client.py HOW... -- each HOW one attempt, and one line of what came of it.
#   tcp:HOST:PORT           what it says
#   tls:HOST:PORT:NAME      the same, asking for NAME (none where it is empty)
#   hidden:HOST:PORT:NAME   a ClientHello with an encrypted one in it
#   cut:HOST:PORT:NAME      a ClientHello in records of seven bytes
#   text:HOST:PORT          what comes back for a line of text
#   echo:HOST:PORT:COUNT    COUNT bytes, back again after all were sent
#   udp:HOST:PORT           sent or not
#   name:HOST               its addresses
#   many:HOST:PORT:COUNT    COUNT connections, one after the other
import os
import socket
import ssl
import sys


def hello(name, extra=b""):
    host = name.encode()
    names = b"\x00" + len(host).to_bytes(2, "big") + host
    body = len(names).to_bytes(2, "big") + names
    extensions = extra + b"\x00\x00" + len(body).to_bytes(2, "big") + body
    message = b"\x03\x03" + os.urandom(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    message += len(extensions).to_bytes(2, "big") + extensions
    return b"\x01" + len(message).to_bytes(3, "big") + message


def record(part):
    return b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part


def reach(host, port):
    return socket.create_connection((host, int(port)), timeout=20)


def raw(host, port, data):
    with reach(host, port) as connection:
        connection.sendall(data)
        got = connection.recv(5)
        return "a record of type %d" % got[0] if got else "closed"


def tcp(host, port):
    with reach(host, port) as connection:
        return connection.makefile().readline().strip() or "closed"


def tls(host, port, name):
    context = ssl._create_unverified_context()
    with reach(host, port) as connection, context.wrap_socket(connection, server_hostname=name or None) as wrapped:
        return wrapped.makefile().readline().strip() or "closed"


def hidden(host, port, name):
    return raw(host, port, record(hello(name, b"\xfe\x0d\x00\x04\x00\x00\x00\x00")))


def cut(host, port, name):
    message = hello(name)
    return raw(host, port, b"".join(record(message[at : at + 7]) for at in range(0, len(message), 7)))


def text(host, port):
    with reach(host, port) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return connection.makefile().readline().strip() or "closed"


def echo(host, port, count):
    with reach(host, port) as connection:
        data = os.urandom(int(count))
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        back = b""
        while part := connection.recv(65536):
            back += part
        return "the same" if back == data else "%d bytes" % len(back)


def udp(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", (host, int(port)))
        return "sent"


def name(host):
    return " ".join(sorted({entry[4][0] for entry in socket.getaddrinfo(host, 80)}))


def many(host, port, count):
    for _ in range(int(count)):
        tcp(host, port)
    return "all"


for how in sys.argv[1:]:
    what, *words = how.split(":")
    try:
        print(how, globals()[what](*words))
    except OSError as error:
        print(how, "failed:", type(error).__name__)
