#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""onpty.py COMMAND [TEXT] -- run a shell's COMMAND on a new pseudo-terminal and print what it says there; TEXT is typed
when it has said READY."""
import os
import pty
import select
import sys
import time

pid, fd = pty.fork()
if pid == 0:
    os.execv("/bin/bash", ["bash", "-c", sys.argv[1]])
said, typed, end = b"", False, time.monotonic() + 60
while time.monotonic() < end:
    if not select.select([fd], [], [], 1)[0]:
        continue
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    said += got
    if b"READY" in said and not typed and len(sys.argv) > 2:
        os.write(fd, sys.argv[2].encode() + b"\n")
        typed = True
os.waitpid(pid, 0)
print(said.decode(errors="replace").replace("\r", ""), end="")
