"""Small PDFs written by hand, honest and otherwise."""

from __future__ import annotations

import zlib


def pdf(pages: int = 1, *, extra: bytes = b"", trailer: bytes = b"", promised: int | None = None) -> bytes:
    """A PDF 1.4 in plain objects; `extra` goes into its catalogue."""
    drawing = b"BT 72 720 Td (stream of consciousness) Tj ET"
    kids = b" ".join(b"%d 0 R" % (number + 4) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>",
        b"<< /Type /Pages /Count %d /Kids [" % (pages if promised is None else promised) + kids + b"] >>",
        b"<< /Length %d >>\nstream\n" % len(drawing) + drawing + b"\nendstream",
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>"] * pages,
    ]
    return _written(objects, b"%PDF-1.4\n", trailer)


def pdf_with_packed_objects(pages: int, *, extra: bytes = b"", padding: int = 0) -> bytes:
    """A PDF 1.5 whose page tree lies in a compressed object stream."""
    kids = b" ".join(b"%d 0 R" % (number + 10) for number in range(pages))
    inner = [b"<< /Type /Pages /Count 1 /Kids [" + kids + b"] >>", *[b"<< /Type/Page /Parent 2 0 R >>"] * pages, extra]
    packed = zlib.compress(b"\n".join(inner) + b" " * padding, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /ObjStm /N %d /First 9 /Filter /FlateDecode /Length %d >>\nstream\r\n" % (len(inner), len(packed))
        + packed
        + b"\r\nendstream",
    ]
    return _written(objects, b"%PDF-1.5\n", b"")


def _written(objects: list[bytes], head: bytes, trailer: bytes) -> bytes:
    body, places = head, []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + text + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R " % (len(objects) + 1) + trailer + b" >>\n"
    return body + b"xref\n0 %d\n" % (len(objects) + 1) + table + end + b"startxref\n%d\n%%%%EOF\n" % len(body)
