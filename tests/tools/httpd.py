#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""httpd.py DIR PORTS [CERT KEY] -- serve the files of DIR on a loopback port, and with a certificate on a second one by TLS.

Writes the port numbers to the file PORTS when it is up. Besides the files: /echo answers with what it was sent, /moved
redirects to /small.txt, /cookie sets one, /private wants user:password, /status/N answers with status N, /flaky fails
the first time. Ends when its standard input does.
"""
import base64
import functools
import http.server
import os
import ssl
import sys
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "test", ""
    failed = False

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        return super().date_time_string(0 if timestamp is None else timestamp)

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def echo(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        shown = "".join("%s: %s\n" % item for item in sorted(self.headers.items()) if item[0] not in ("Host", "Content-Type"))
        self.answer(200, ("%s %s\n%s\n" % (self.command, self.path, shown)).encode() + body)

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/echo":
            self.echo()
        elif path == "/moved":
            self.answer(302, Location="/small.txt")
        elif path == "/cookie":
            self.answer(200, b"a cookie\n", Set_Cookie="taste=sweet; Path=/")
        elif path == "/private":
            wanted = "Basic " + base64.b64encode(b"user:password").decode()
            if self.headers.get("Authorization") == wanted:
                self.answer(200, b"secret\n")
            else:
                self.answer(401, b"no\n", WWW_Authenticate='Basic realm="test"')
        elif path.startswith("/status/"):
            self.answer(int(path[8:]), b"status\n")
        elif path == "/flaky":
            Handler.failed = not Handler.failed
            self.answer(503 if Handler.failed else 200, b"now\n")
        else:
            super().do_GET()

    do_POST = do_PUT = do_DELETE = echo


def serve(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


ports = [serve()]
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])
    ports.append(serve(tls))
with open(sys.argv[2] + ".new", "w") as out:
    print(*ports, file=out)
os.rename(sys.argv[2] + ".new", sys.argv[2])
sys.stdin.read()
