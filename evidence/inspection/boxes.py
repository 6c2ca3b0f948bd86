"""ISO base media files (ISO/IEC 14496-12): MP4, QuickTime and HEIC, read by their boxes."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from evidence.inspection.findings import (
    IMAGE,
    VIDEO,
    Bounds,
    Found,
    NotAccepted,
    broken,
    check_picture_size,
    cut_short,  # fmt: skip
)

#: The whole file: in memory, or mapped.
Buffer = bytes | mmap.mmap

_MAX_BOXES = 20_000
_MAX_TRACKS = 16


@dataclass(frozen=True, slots=True)
class Box:
    name: bytes
    #: Positions in the whole file.
    start: int
    end: int


def boxes(data: Buffer, start: int, end: int) -> Iterator[Box]:
    """The boxes between two positions. Raises NotAccepted when one reaches past the end."""
    seen = 0
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            size, body = struct.unpack_from(">Q", data, body)[0], start + 16
        stop = end if size == 0 else start + size
        if stop > end:
            raise cut_short("a box is not whole")
        if stop < body or (seen := seen + 1) > _MAX_BOXES:
            raise broken("boxes without measure")
        yield Box(name, body, stop)
        start = stop


def inside(data: Buffer, box: Box, *path: bytes) -> Iterator[Box]:
    """Every box reached from `box` by the names of `path`."""
    if not path:
        yield box
        return
    for child in boxes(data, box.start, box.end):
        if child.name == path[0]:
            yield from inside(data, child, *path[1:])


def inspect_video(data: Buffer, bounds: Bounds, *, media_type: str) -> Found:
    """MP4 or QuickTime with a picture track, its data inside the file. Raises NotAccepted."""
    top = {box.name: box for box in boxes(data, 0, len(data))}
    if b"moov" not in top:
        raise cut_short("no index of the film")
    moov = top[b"moov"]
    if b"mdat" not in top:
        raise cut_short("no film data")
    duration_ms = _duration(data, moov)
    if duration_ms > bounds.max_seconds * 1000:
        raise NotAccepted("video_too_long", seconds=duration_ms // 1000, max_seconds=bounds.max_seconds)
    width, height = _picture_track(data, moov)
    check_picture_size(width, height, bounds)
    return Found(media_type=media_type, kind=VIDEO, width=width, height=height, duration_ms=duration_ms)


def _duration(data: Buffer, moov: Box) -> int:
    """Milliseconds: the longest of the film's header, its tracks, and its fragments' announcement."""
    longest = 0
    for header in (*inside(data, moov, b"mvhd"), *inside(data, moov, b"trak", b"mdia", b"mdhd")):
        wide = _unpack(data, header, ">B", 0)[0] == 1
        scale, units = _unpack(data, header, ">IQ" if wide else ">II", 20 if wide else 12)
        if not scale:
            raise broken("a film without a time scale")
        unknown = units in {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}
        longest = max(longest, 0 if unknown else units * 1000 // scale)
    return longest


def _picture_track(data: Buffer, moov: Box) -> tuple[int, int]:
    """Width and height of the first picture track."""
    tracks = list(inside(data, moov, b"trak"))
    if len(tracks) > _MAX_TRACKS:
        raise NotAccepted("file_too_heavy", detail="more tracks than a film has")
    sizes = [size for track in tracks if (size := _track_size(data, track))]
    if not sizes:
        raise NotAccepted("file_type_not_accepted", found="audio/mp4")
    return sizes[0]


def _track_size(data: Buffer, track: Box) -> tuple[int, int] | None:
    for reference in inside(data, track, b"mdia", b"minf", b"dinf", b"dref"):
        _check_no_outside_data(data, reference)
    handlers = [_unpack(data, box, "4s", 8)[0] for box in inside(data, track, b"mdia", b"hdlr")]
    if b"vide" not in handlers:
        return None
    for description in inside(data, track, b"mdia", b"minf", b"stbl", b"stsd"):
        # A VisualSampleEntry holds width and height 24 bytes behind its own header of 8.
        width, height = _unpack(data, description, ">HH", 8 + 8 + 24)
        return width, height
    raise broken("a picture track without a description")


def _check_no_outside_data(data: Buffer, reference: Box) -> None:
    """A film may not fetch its data from elsewhere: flag 1 says "in this very file"."""
    if reference.end - reference.start < 8:
        raise broken("a data reference that is not whole")
    for entry in boxes(data, reference.start + 8, reference.end):
        # QuickTime's own cameras write an empty `alis` with the flag set.
        if not _unpack(data, entry, ">I", 0)[0] & 1:
            raise NotAccepted("file_hides_another", found="application/x-url")


def inspect_heic(data: Buffer, bounds: Bounds) -> Found:
    """HEIC by the sizes its item properties announce. Raises NotAccepted."""
    top = {box.name: box for box in boxes(data, 0, len(data))}
    if b"meta" not in top:
        raise cut_short("no description of the picture")
    # `meta` is a full box: four bytes of version and flags before its children.
    meta = Box(b"meta", top[b"meta"].start + 4, top[b"meta"].end)
    sizes = [_unpack(data, box, ">II", 4) for box in inside(data, meta, b"iprp", b"ipco", b"ispe")]
    if not sizes or not any(True for _ in inside(data, meta, b"iloc")):
        raise broken("no size of the picture")
    for width, height in sizes:
        check_picture_size(width, height, bounds)
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Found(media_type="image/heic", kind=IMAGE, width=width, height=height, frames=1)


def _unpack(data: Buffer, box: Box, shape: str, offset: int) -> tuple:
    """Fields of a box. Raises NotAccepted when the box is too short to hold them."""
    if box.start + offset + struct.calcsize(shape) > box.end:
        raise broken("a box too short for its fields")
    return struct.unpack_from(shape, data, box.start + offset)
