"""Headers of JPEG, PNG, GIF and WebP, walked to their end without decoding one pixel."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from evidence.inspection import tails
from evidence.inspection.findings import (
    IMAGE,
    Bounds,
    Found,
    NotAccepted,
    broken,
    check_frames,
    check_picture_size,
    cut_short,
)

#: More scans than this in a progressive JPEG serve only to burn time (libjpeg-turbo's own fuzzers stop at 500).
_MAX_JPEG_SCANS = 100
#: Samples of one pixel by colour type (PNG specification, table 11.1).
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: Bytes unfolded at a time.
_STEP = 1024 * 1024
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JPEG_COMMENT, _JPEG_SCAN, _JPEG_END = 0xFE, 0xDA, 0xD9


def inspect_jpeg(data: bytes, bounds: Bounds) -> Found:
    """Walk every segment to the end marker. Raises NotAccepted."""
    size: tuple[int, int] | None = None
    scans, end = 0, 2
    for marker, start, end in _jpeg_segments(data):
        if marker in _JPEG_SIZES and size is None:
            height, width = struct.unpack_from(">HH", data, start + 1)
            check_picture_size(width, height, bounds)
            size = (width, height)
        scans += marker == _JPEG_SCAN
        if scans > _MAX_JPEG_SCANS:
            raise NotAccepted("file_too_heavy", detail="more scans than a photo has")
        if marker == _JPEG_COMMENT:
            tails.check_comment(data[start:end])
    if size is None or not scans:
        raise broken("no picture between the markers")
    return Found(media_type="image/jpeg", kind=IMAGE, width=size[0], height=size[1], frames=1,
                 remarks=tails.remark_on_tail(data[end:]))  # fmt: skip


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start of its body, end of its body); the end marker comes last."""
    position = 2
    while position < len(data):
        found = _JPEG_NEXT_MARKER.search(data, position)
        if found is None:
            break
        marker, start = data[found.start() + 1], found.end()
        if marker == _JPEG_END:
            yield marker, start, start
            return
        if marker in {0x01, 0xD8}:
            raise broken("a second picture begins inside the first")
        if start + 2 > len(data):
            break
        end = start + max(2, int.from_bytes(data[start : start + 2], "big"))
        if end > len(data) or (marker in _JPEG_SIZES and end < start + 8):
            break
        yield marker, start + 2, end
        position = end
    raise cut_short("no end marker")


def inspect_png(data: bytes, bounds: Bounds) -> Found:
    """Walk and check-sum every chunk. Raises NotAccepted."""
    size: tuple[int, int] | None = None
    frames, header, end = 1, b"", 8
    packed: list[bytes] = []
    for name, body, end in _png_chunks(data):  # noqa: B007 - the last end is where the picture ends
        if size is None:
            if name != b"IHDR" or len(body) != 13:
                raise broken("the first chunk is not the header")
            header, size = body, struct.unpack(">II", body[:8])
            check_picture_size(*size, bounds)
        elif name == b"acTL" and len(body) == 8:
            frames = max(1, int.from_bytes(body[:4], "big"))
            check_frames(frames, *size, bounds)
        elif name == b"IDAT":
            packed.append(body)
        _check_png_text(name, body)
    if size is None or not packed:
        raise broken("no picture data")
    _check_png_rows(packed, header)
    return Found(media_type="image/png", kind=IMAGE, width=size[0], height=size[1], frames=frames,
                 remarks=tails.remark_on_tail(data[end:]))  # fmt: skip


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """(name, body, end of chunk) up to and with IEND."""
    position = 8
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        name, end = data[position + 4 : position + 8], position + 12 + length
        if end > len(data):
            break
        body = data[position + 8 : end - 4]
        if zlib.crc32(name + body) != int.from_bytes(data[end - 4 : end], "big"):
            raise broken("a check sum is wrong")
        yield name, body, end
        if name == b"IEND":
            return
        position = end
    raise cut_short("no end chunk")


def _check_png_rows(packed: list[bytes], header: bytes) -> None:
    """The data of a picture that is not interlaced unfolds to exactly its rows; decoders fill gaps with black."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if interlaced:
        return
    expected = height * (1 + (width * depth * _PNG_CHANNELS.get(colour, 1) + 7) // 8)
    unfolded, opened = 0, zlib.decompressobj()
    for body in packed:
        waiting = body
        while waiting and unfolded <= expected:
            try:
                unfolded += len(opened.decompress(waiting, _STEP))
            except zlib.error:
                raise broken("data that cannot be unfolded") from None
            waiting = opened.unconsumed_tail
    if unfolded < expected:
        raise broken("fewer rows than the header says")


def _check_png_text(name: bytes, body: bytes) -> None:
    """Texts in a PNG may neither unfold to a bomb nor carry active markup."""
    if name == b"tEXt":
        tails.check_comment(body)
    if name in {b"zTXt", b"iTXt", b"iCCP"} and (packed := body.find(b"\x78")) >= 0:
        try:
            opened = zlib.decompressobj().decompress(body[packed:], 4 * 1024 * 1024 + 1)
        except zlib.error:
            return
        if len(opened) > 4 * 1024 * 1024:
            raise NotAccepted("file_too_heavy", detail="a packed text unfolds without measure")


def inspect_gif(data: bytes, bounds: Bounds) -> Found:
    """Count the frames block by block. Raises NotAccepted."""
    if len(data) < 13:
        raise cut_short("the header is not whole")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    check_picture_size(width, height, bounds)
    tails.check_head(data)
    position = 13 + _gif_colours(flags)
    frames = 0
    while (block := _byte(data, position)) != 0x3B:
        if block == 0x2C:
            frames += 1
            check_frames(frames, width, height, bounds)
            position = _after_gif_frame(data, position, bounds)
        elif block == 0x21:
            position = _after_gif_blocks(data, position + 2)
        else:
            raise broken("an unknown block")
    if not frames:
        raise broken("no picture data")
    return Found(media_type="image/gif", kind=IMAGE, width=width, height=height, frames=frames,
                 remarks=tails.remark_on_tail(data[position + 1 :]))  # fmt: skip


def _gif_colours(flags: int) -> int:
    """Bytes of a colour table announced by a flags byte."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_gif_frame(data: bytes, position: int, bounds: Bounds) -> int:
    if position + 10 > len(data):
        raise cut_short("a frame is not whole")
    width, height, flags = struct.unpack_from("<HHB", data, position + 5)
    check_picture_size(width, height, bounds)
    return _after_gif_blocks(data, position + 10 + _gif_colours(flags) + 1)


def _after_gif_blocks(data: bytes, position: int) -> int:
    while length := _byte(data, position):
        position += length + 1
    return position + 1


def _byte(data: bytes, position: int) -> int:
    if position >= len(data):
        raise cut_short("the blocks stop in the middle")
    return data[position]


def inspect_webp(data: bytes, bounds: Bounds) -> Found:
    """Walk the RIFF chunks. Raises NotAccepted."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise cut_short("shorter than its header says")
    size: tuple[int, int] | None = None
    frames = pictures = 0
    for name, body in _riff_chunks(data[12:end]):
        size = size or _webp_size(name, body)
        if size:
            check_picture_size(*size, bounds)
            frames += name == b"ANMF"
            check_frames(frames, *size, bounds)
        pictures += name in {b"VP8 ", b"VP8L", b"ANMF"}
    if size is None or not pictures:
        raise broken("no picture data")
    return Found(media_type="image/webp", kind=IMAGE, width=size[0], height=size[1], frames=max(1, frames),
                 remarks=tails.remark_on_tail(data[end + end % 2 :]))  # fmt: skip


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 + length > len(data):
            raise cut_short("a chunk is not whole")
        yield data[position : position + 4], data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2


def _webp_size(name: bytes, body: bytes) -> tuple[int, int] | None:
    if name == b"VP8X" and len(body) >= 10:
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if name == b"VP8 " and len(body) >= 10:
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if name == b"VP8L" and len(body) >= 5:
        packed = int.from_bytes(body[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    return None
