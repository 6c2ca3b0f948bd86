"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re

#: Brands of ISO base media files (ISO/IEC 23008-12) that hold a still picture coded in HEVC.
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
#: Generic picture brands: another brand in the list says which codec.
PICTURE_BRANDS = frozenset({b"mif1", b"msf1"})
#: Picture and audio brands of the same container that nobody here can look at.
FOREIGN_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"crx ": "image/x-canon-cr3",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4P ": "audio/mp4",
    b"jp2 ": "image/jp2",
}

_FOREIGN_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "application/zip"), (b"PK\x05\x06", "application/zip"), (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"), (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"#!", "text/x-script"), (b"%!PS", "application/postscript"), (b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (b"\x1f\x8b", "application/gzip"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"), (b"BZh", "application/x-bzip2"), (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"), (b"\x00\x00\x01\x00", "image/x-icon"), (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"{\\rtf", "application/rtf"), (b"SQLite format 3\x00", "application/vnd.sqlite3"), (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"), (b"fLaC", "audio/flac"), (b"FLV\x01", "video/x-flv"), (b"FWS", "application/x-flash"),
    (b"CWS", "application/x-flash"), (b"#EXTM3U", "application/vnd.apple.mpegurl"), (b"ffconcat", "text/x-ffconcat"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"), (b"X5O!P%@AP", "application/x-eicar"),
    (b"#define ", "image/x-xbitmap"), (b"MIME-Version:", "message/rfc822"), (b"From: ", "message/rfc822"),
)  # fmt: skip
_MARKUP = re.compile(
    rb"\s*<(?:\?xml|\?php|!doctype|!--|html|head|body|script|svg|iframe|style|meta|title|a\s|div|p>|math)",
    re.I,  # noqa: FURB167
)


def identify(head: bytes) -> str:
    """The media type of a file from its first bytes (4096 are enough); text/plain when nothing else fits.

    `application/octet-stream` means: binary, and of no known kind.
    """
    for test in (_picture, _container, _foreign, _markup):
        if media_type := test(head):
            return media_type
    return "text/plain" if _reads_as_text(head) else "application/octet-stream"


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return None


def _container(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    # QuickTime files from before 2001 and some cameras begin without a brand.
    return "video/quicktime" if head[4:8] in {b"moov", b"wide", b"mdat"} else None


def _by_brand(head: bytes) -> str:
    size = int.from_bytes(head[:4], "big")
    major, box = head[8:12], head[16 : min(size, 512)]
    brands = {major} | {box[start : start + 4] for start in range(0, len(box) - 3, 4)}
    if major in FOREIGN_BRANDS:
        return FOREIGN_BRANDS[major]
    if major in HEIC_BRANDS or (major in PICTURE_BRANDS and brands & HEIC_BRANDS):
        return "image/heic"
    if major in PICTURE_BRANDS:
        return next((FOREIGN_BRANDS[brand] for brand in brands & FOREIGN_BRANDS.keys()), "image/heif")
    return "video/quicktime" if major == b"qt  " else "video/mp4"


def _foreign(head: bytes) -> str | None:
    return next((media_type for magic, media_type in _FOREIGN_HEADS if head.startswith(magic)), None)


def _markup(head: bytes) -> str | None:
    start = _without_byte_order_mark(head)
    if not _MARKUP.match(start):
        return None
    lowered = start[:1024].lower()
    if b"<svg" in lowered:
        return "image/svg+xml"
    if b"<?php" in lowered:
        return "application/x-php"
    return "application/xml" if lowered.lstrip().startswith(b"<?xml") else "text/html"


def _without_byte_order_mark(head: bytes) -> bytes:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def _reads_as_text(head: bytes) -> bool:
    plain = _without_byte_order_mark(head)
    return not any(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in plain)
