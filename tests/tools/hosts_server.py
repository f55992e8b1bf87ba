# SPDX-License-Identifier: MIT
# hosts_server.py [there] -- listens on every address that a test means to reach, or not to: of the server ("there"), or of the
# machine itself. Says "hello from ADDRESS:PORT", and writes the same to `log`. On port 443 by TLS; port 7 sends back all that
# came when its client has sent everything; port 53 counts datagrams.
import os
import socket
import ssl
import subprocess
import sys
import threading

THERE = ["12.0.0.1", "12.0.0.2", "10.1.1.1", "169.254.169.254", "100.64.0.1"]
HERE = ["127.0.0.1", "11.0.0.1"]
PORTS = [7, 22, 80, 81, 443]

there = len(sys.argv) > 1
if there:
    for address in THERE:
        subprocess.run(["ip", "addr", "add", address + "/32", "dev", "lo"], check=True)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("cert.pem", "key.pem")
log = open("log", "a", buffering=1)


def serve(connection, name, port):
    try:
        if port == 443:
            connection.settimeout(20)
            first = connection.recv(1, socket.MSG_PEEK)
            if first == b"\x16":
                connection = tls.wrap_socket(connection, server_side=True)
        if port == 7:
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
            connection.sendall(b"".join(parts))
        else:
            connection.sendall(b"hello from " + name.encode() + b"\n")
            connection.shutdown(socket.SHUT_WR)  # what wasn't read would reset the connection
            connection.settimeout(2)
            while connection.recv(65536):
                pass
    except OSError:
        pass
    connection.close()


def listen(address, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(128)
    name = "%s:%d" % (address, port)
    while True:
        connection, _ = listener.accept()
        log.write(name + "\n")
        threading.Thread(target=serve, args=(connection, name, port), daemon=True).start()


def count_datagrams(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as names:
        names.bind((address, 53))
        while True:
            names.recv(2048)
            log.write("%s:53 by UDP\n" % address)


for address in THERE if there else HERE:
    for port in PORTS:
        threading.Thread(target=listen, args=(address, port), daemon=True).start()
    threading.Thread(target=count_datagrams, args=(address,), daemon=True).start()
threading.Event().wait(0.3)
open("ready." + ("there" if there else "here"), "w").close()
os.close(0)
threading.Event().wait(600)
