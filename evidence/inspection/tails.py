"""A second file hidden in, or behind, a first one."""

from __future__ import annotations

import re

from evidence.inspection.findings import NotAccepted

_ACTIVE = re.compile(rb"<script|<html|<!doctype html|<\?php|<iframe|<svg[\s>]|<body[\s>]|javascript:", re.IGNORECASE)
_CARRIED = re.compile(rb"\s*(PK\x03\x04|MZ|\x7fELF|%PDF-|Rar!\x1a\x07|7z\xbc\xaf|#!/)")
_VIRUS_TEST = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
_ZIP_END = b"PK\x05\x06"
#: A ZIP archive is read from its end: 22 bytes, then a comment of at most 65,535 (APPNOTE 4.3.16).
_ZIP_END_REACH = 22 + 65_535
#: Bytes of a picture's head in which markup is looked for: a browser sniffs no further than 1445 (WHATWG MIME).
_SNIFFED = 4096


def check_head(head: bytes) -> None:
    """Raises NotAccepted when the part a browser would sniff carries active markup."""
    if _ACTIVE.search(head[:_SNIFFED]):
        raise NotAccepted("file_hides_another", found="text/html")


def check_comment(comment: bytes) -> None:
    """Raises NotAccepted when a comment of a picture carries active markup."""
    if _ACTIVE.search(comment):
        raise NotAccepted("file_hides_another", found="text/html")


def remark_on_tail(tail: bytes) -> tuple[str, ...]:
    """What follows a picture's end: nothing, a phone's motion part (a remark), or a hidden file (refused).

    Phones append a short film or a second picture behind a JPEG; that is an ordinary photo.
    """
    body = tail.lstrip(b"\x00")
    if not body:
        return ()
    if found := _CARRIED.match(body):
        raise NotAccepted("file_hides_another", found=_named(found[1]))
    if _ends_as_archive(tail):
        raise NotAccepted("file_hides_another", found="application/zip")
    if _VIRUS_TEST in tail or _ACTIVE.search(tail):
        raise NotAccepted("file_hides_another", found="application/octet-stream")
    return ("motion_photo",) if b"ftyp" in tail[:4096] else ("trailing_data",)


def _ends_as_archive(tail: bytes) -> bool:
    """Whether a ZIP directory closes at the very end, which makes the whole file an archive too."""
    last = tail[-_ZIP_END_REACH:]
    start = last.rfind(_ZIP_END)
    return start >= 0 and len(last) - start == 22 + int.from_bytes(last[start + 20 : start + 22], "little")


def _named(magic: bytes) -> str:
    known = {b"PK\x03\x04": "application/zip", b"%PDF-": "application/pdf", b"MZ": "application/x-msdownload"}
    return known.get(magic, "application/octet-stream")
