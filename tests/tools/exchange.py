# SPDX-License-Identifier: MIT
"""exchange.py DIR PREFIX NAME: swap the first entry of DIR that begins with PREFIX with NAME there, as soon as it comes
(renameat2(2), RENAME_EXCHANGE), and back after a moment."""

import ctypes
import os
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)


def exchange(one, other):
    return libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), 2)


top, prefix, name = sys.argv[1:]
deadline = time.monotonic() + 20
while time.monotonic() < deadline:
    found = [entry for entry in os.listdir(top) if entry.startswith(prefix)]
    if found and exchange(f"{top}/{found[0]}", f"{top}/{name}") == 0:
        print("exchanged", flush=True)
        time.sleep(2)
        exchange(f"{top}/{found[0]}", f"{top}/{name}")
        break
