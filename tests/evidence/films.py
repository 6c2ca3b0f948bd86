"""Containers of films written by hand: every box in place, a few bytes of data."""

from __future__ import annotations

import struct


def box(name: bytes, *children: bytes) -> bytes:
    body = b"".join(children)
    return struct.pack(">I", len(body) + 8) + name + body


def mp4(
    *,
    brand: bytes = b"isom",
    seconds: int = 3,
    width: int = 640,
    height: int = 360,
    handler: bytes = b"vide",
    index: bool = True,
    index_last: bool = False,
    outside_data: bool = False,
) -> bytes:
    """One track of one description."""
    moov = box(b"moov", _header(b"mvhd", seconds), box(b"trak", _media(seconds, width, height, handler, outside_data)))
    data = box(b"mdat", bytes(range(200)))
    start = box(b"ftyp", brand + b"\0\0\2\0" + brand)
    parts = [data, moov] if index_last else [moov, data]
    return start + b"".join(parts if index else [data])


def _header(name: bytes, seconds: int) -> bytes:
    return box(name, struct.pack(">IIIII", 0, 0, 0, 600, seconds * 600), b"\0" * 80)


def _media(seconds: int, width: int, height: int, handler: bytes, outside_data: bool) -> bytes:
    entry = box(b"avc1", b"\0" * 24, struct.pack(">HH", width, height), b"\0" * 50)
    location = box(b"url ", struct.pack(">I", 0 if outside_data else 1), b"http://127.0.0.1/\0" * outside_data)
    return box(
        b"mdia",
        _header(b"mdhd", seconds),
        box(b"hdlr", b"\0" * 8 + handler + b"\0" * 13),
        box(
            b"minf",
            box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), location)),
            box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry)),
        ),
    )


def element(name: int, *children: bytes, live: bool = False) -> bytes:
    body = b"".join(children)
    size = b"\x01" + b"\xff" * 7 if live else struct.pack(">Q", len(body) | 1 << 56)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + body


def webm(*, seconds: int = 3, live: bool = False, document_type: bytes = b"webm") -> bytes:
    """One picture track; `live` leaves sizes and duration open, as a browser's recorder does."""
    head = element(0x1A45DFA3, element(0x4282, document_type))
    duration = b"" if live else element(0x4489, struct.pack(">d", seconds * 1000))
    info = element(0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3, "big")), duration)
    size = element(0xE0, element(0xB0, (640).to_bytes(2, "big")), element(0xBA, (360).to_bytes(2, "big")))
    tracks = element(0x1654AE6B, element(0xAE, size))
    cluster = element(
        0x1F43B675, element(0xE7, (seconds * 1000).to_bytes(4, "big")), element(0xA3, b"\0" * 40), live=live
    )
    return head + element(0x18538067, info, tracks, cluster, live=live)
