"""PDF and plain text. A PDF is read for what it would do and how many pages it has, never rendered."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from evidence.inspection.findings import DOCUMENT, TEXT, Bounds, Found, NotAccepted, broken, cut_short

_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
_PAGE_TREE_COUNT = re.compile(rb"/Count\s+(\d{1,10})")
_PAGE_TREE = re.compile(rb"/Type\s*/Pages\b")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|EmbeddedFiles|XFA|RichMedia|SubmitForm|ImportData)\b")
_LOCKED = re.compile(rb"/Encrypt\b")
#: All object streams of an honest document together unfold to less than this, in bytes.
_MAX_UNFOLDED = 64 * 1024 * 1024


def inspect_pdf(data: bytes, bounds: Bounds) -> Found:
    """Raises NotAccepted for a cut, locked, active or endless document."""
    if b"%%EOF" not in data[-2048:] or b"startxref" not in data[-2048:]:
        raise cut_short("no end of the document")
    pages = announced = 0
    for part in _object_texts(data):
        text = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if _LOCKED.search(text):
            raise NotAccepted("document_locked")
        if active := _ACTIVE.search(text):
            raise NotAccepted("document_active", found=active[1].decode("ascii"))
        pages += len(_PAGE.findall(text))
        if _PAGE_TREE.search(text):
            announced = max([announced, *(int(count) for count in _PAGE_TREE_COUNT.findall(text))])
        if max(pages, announced) > bounds.max_pages:
            raise NotAccepted("too_many_pages", pages=max(pages, announced), max_pages=bounds.max_pages)
    if not pages:
        raise broken("no page in the document")
    return Found(media_type="application/pdf", kind=DOCUMENT, pages=pages)


def _object_texts(data: bytes) -> Iterator[bytes]:
    """Everything outside streams, and the unfolded object streams; other streams are pictures and drawing."""
    position, unfolded = 0, 0
    while (start := _stream_start(data, position)) is not None:
        outside = data[position : start[0]]
        yield outside
        end = data.find(b"endstream", start[1])
        if end < 0:
            raise cut_short("a stream is not whole")
        dictionary = outside[outside.rfind(b"obj") :]
        if _OBJECT_STREAM.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), dictionary)):
            opened = _unfold(data[start[1] : end], _MAX_UNFOLDED - unfolded)
            unfolded += len(opened)
            yield opened
        position = end + len(b"endstream")
    yield data[position:]


def _stream_start(data: bytes, position: int) -> tuple[int, int] | None:
    """(position of the word, position of the body) of the next stream."""
    while (word := data.find(b"stream", position)) >= 0:
        after = data[word + 6 : word + 8]
        if after.startswith((b"\n", b"\r")) and data[max(0, word - 3) : word] != b"end":
            return word, word + (8 if after == b"\r\n" else 7)
        position = word + 6
    return None


def _unfold(packed: bytes, budget: int) -> bytes:
    """An object stream in plain. Raises NotAccepted when it is packed in a way no ordinary writer uses."""
    try:
        opened = zlib.decompressobj().decompress(packed, budget + 1)
    except zlib.error:
        raise broken("an object stream that cannot be read") from None
    if len(opened) > budget:
        raise NotAccepted("file_too_heavy", detail="object streams unfold without measure")
    return opened


def inspect_text(data: bytes, bounds: Bounds) -> Found:
    """UTF-8, UTF-16 with a mark, or GB 18030, without control characters. Raises NotAccepted."""
    text = _decoded(data)
    if not text.strip():
        raise NotAccepted("file_empty")
    if any(ord(sign) < 32 and sign not in "\t\n\r\f\x1b" for sign in text):
        raise NotAccepted("file_type_not_accepted", found="application/octet-stream")
    return Found(media_type="text/plain", kind=TEXT)


def _decoded(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise broken("no known text encoding")
