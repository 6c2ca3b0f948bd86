"""WebM (EBML, RFC 8794): header, tracks, duration and clusters, read without decoding."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from evidence.inspection.boxes import Buffer
from evidence.inspection.findings import VIDEO, Bounds, Found, NotAccepted, broken, check_picture_size, cut_short

_HEADER, _DOCUMENT_TYPE, _SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _TRACK, _VIDEO, _WIDTH, _HEIGHT = 0x1654AE6B, 0xAE, 0xE0, 0xB0, 0xBA
_CLUSTER, _TIMECODE, _ATTACHMENTS = 0x1F43B675, 0xE7, 0x1941A469
_PARENTS = frozenset({_HEADER, _SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO, _CLUSTER})
_READ = frozenset({_DOCUMENT_TYPE, _SCALE, _DURATION, _WIDTH, _HEIGHT, _TIMECODE})
_MAX_ELEMENTS = 500_000


@dataclass(slots=True)
class _Film:
    """What was read so far."""

    document_type: bytes = b""
    #: Nanoseconds of one tick; the format's own default.
    scale: int = 1_000_000
    #: Ticks.
    duration: float = 0
    last_cluster: int = 0
    clusters: int = 0
    sizes: list[tuple[int, int]] = field(default_factory=list)
    width: int = 0


def inspect_webm(data: Buffer, bounds: Bounds) -> Found:
    """Raises NotAccepted. A browser's own recording has no duration: the last cluster tells it."""
    film = _Film()
    for count, (name, start, end) in enumerate(_elements(data, 0, len(data))):
        if count > _MAX_ELEMENTS:
            raise NotAccepted("file_too_heavy", detail="more elements than a film has")
        _read(film, name, data[start:end] if name in _READ else b"")
    if film.document_type != b"webm":
        raise NotAccepted("file_type_not_accepted", found="video/x-matroska")
    if not film.clusters:
        raise cut_short("no film data")
    if not film.sizes:
        raise NotAccepted("file_type_not_accepted", found="audio/webm")
    duration_ms = int(max(film.duration, film.last_cluster) * film.scale / 1_000_000)
    if duration_ms > bounds.max_seconds * 1000:
        raise NotAccepted("video_too_long", seconds=duration_ms // 1000, max_seconds=bounds.max_seconds)
    width, height = film.sizes[0]
    check_picture_size(width, height, bounds)
    return Found(media_type="video/webm", kind=VIDEO, width=width, height=height, duration_ms=duration_ms)


def _elements(data: Buffer, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(name, start, end) of every element in reading order, parents before children.

    An unknown size, as live recordings have, runs to the end: walking into parents needs no more.
    """
    while start < end:
        name, position = _number(data, start, keep_marker=True)
        size, body = _number(data, position, keep_marker=False)
        unknown = size == (1 << 7 * (body - position)) - 1
        stop = end if unknown else body + size
        if stop > end:
            raise cut_short("shorter than its header says")
        if unknown and name not in {_SEGMENT, _CLUSTER}:
            raise broken("an element without a size")
        yield name, body, stop
        start = body if name in _PARENTS else stop


def _number(data: Buffer, start: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number and the position behind it."""
    if start >= len(data) or not data[start]:
        raise broken("a number that is none")
    length = 9 - data[start].bit_length()
    if start + length > len(data):
        raise cut_short("a number is not whole")
    value = int.from_bytes(data[start : start + length], "big")
    return value if keep_marker else value & ((1 << 7 * length) - 1), start + length


def _read(film: _Film, name: int, body: bytes) -> None:
    if name == _DOCUMENT_TYPE:
        film.document_type = body.rstrip(b"\x00")
    elif name == _SCALE:
        film.scale = int.from_bytes(body[:8], "big")
    elif name == _DURATION:
        film.duration = _floating(body)
    elif name == _WIDTH:
        film.width = int.from_bytes(body[:8], "big")
    elif name == _HEIGHT:
        film.sizes.append((film.width, int.from_bytes(body[:8], "big")))
    elif name == _CLUSTER:
        film.clusters += 1
    elif name == _TIMECODE:
        film.last_cluster = max(film.last_cluster, int.from_bytes(body[:8], "big"))
    elif name == _ATTACHMENTS:
        raise NotAccepted("file_hides_another", found="application/octet-stream")


def _floating(body: bytes) -> float:
    if len(body) not in {4, 8}:
        raise broken("a duration that is no number")
    value = float(struct.unpack(">f" if len(body) == 4 else ">d", body)[0])
    if not 0 <= value < 2**53:
        raise broken("a duration that is no number")
    return value
