#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mkpdf.py FILE [TEXT...] -- write a small valid PDF, one page for each TEXT."""
import sys

texts = sys.argv[2:] or ["Hello from a real PDF"]
objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>",
           3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
kids = []
for page, text in enumerate(texts):
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    stream = ("BT /F1 18 Tf 72 720 Td (%s) Tj ET" % escaped).encode("latin-1")
    number = 4 + 2 * page
    kids.append("%d 0 R" % number)
    objects[number] = (b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
                       b"/Resources << /Font << /F1 3 0 R >> >> >>" % (number + 1))
    objects[number + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
objects[2] = ("<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), " ".join(kids))).encode()

out = bytearray(b"%PDF-1.4\n")
offsets = {}
for number in sorted(objects):
    offsets[number] = len(out)
    out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
xref = len(out)
out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
for number in sorted(objects):
    out += b"%010d 00000 n \n" % offsets[number]
out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
with open(sys.argv[1], "wb") as pdf:
    pdf.write(out)
