"""What an inspection is asked, what it may find, and how it says no.

Standard library only: these types cross the border between the web process and the child.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

IMAGE, VIDEO, DOCUMENT, TEXT = "image", "video", "document", "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most a file may unfold to. Headers are held against it before anything is decoded."""

    #: Width times height of one frame.
    max_pixels: int
    #: Frames of an animated picture.
    max_frames: int
    #: Pages of a document.
    max_pages: int
    #: Playing time of a video, in seconds.
    max_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the headers of a sound file say. A number is None where the kind has no such thing."""

    #: Media type by content, never by name.
    media_type: str
    #: One of image, video, document, text.
    kind: str
    #: Pixels, before any turning by EXIF.
    width: int | None = None
    height: int | None = None
    #: Frames of a picture; 1 when it does not move.
    frames: int | None = None
    pages: int | None = None
    #: Playing time in whole milliseconds.
    duration_ms: int | None = None
    #: Things worth telling staff that are no reason to refuse, as codes.
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"remarks": list(self.remarks)}


def found_from_json(data: dict[str, Any]) -> Found:
    """The inverse of `Found.as_json`."""
    return Found(**(data | {"remarks": tuple(data["remarks"])}))


class NotAccepted(Exception):
    """The file is refused; `code` is machine-read and `data` fills the sentence."""

    def __init__(self, code: str, **data: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def broken(detail: str) -> NotAccepted:
    """The file does not follow its own format; `detail` is a short technical phrase."""
    return NotAccepted("file_broken", detail=detail)


def cut_short(detail: str) -> NotAccepted:
    """The file ends before its format says it may."""
    return NotAccepted("file_cut_short", detail=detail)


def check_picture_size(width: int, height: int, bounds: Bounds) -> None:
    """Raises NotAccepted when a frame would unfold to more than the bound."""
    if width < 1 or height < 1:
        raise broken("a picture without width or height")
    if width * height > bounds.max_pixels:
        raise NotAccepted("picture_too_large", width=width, height=height, max_pixels=bounds.max_pixels)


def check_frames(frames: int, width: int, height: int, bounds: Bounds) -> None:
    """Raises NotAccepted when the frames are too many, or together too heavy to decode."""
    if frames > bounds.max_frames or frames * width * height > 4 * bounds.max_pixels:
        raise NotAccepted("too_many_frames", frames=frames, max_frames=bounds.max_frames)
