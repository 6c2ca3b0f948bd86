"""The kinds of file the vault accepts, what each is called, and how many of what a caller allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from evidence.inspection.findings import DOCUMENT, IMAGE, TEXT, VIDEO, Bounds

MEBIBYTE: Final = 1024 * 1024

#: Media type by content -> (kind, extension a download gets).
MEDIA_TYPES: Final[dict[str, tuple[str, str]]] = {
    "image/jpeg": (IMAGE, ".jpg"),
    "image/png": (IMAGE, ".png"),
    "image/webp": (IMAGE, ".webp"),
    "image/gif": (IMAGE, ".gif"),
    "image/heic": (IMAGE, ".heic"),
    "video/mp4": (VIDEO, ".mp4"),
    "video/quicktime": (VIDEO, ".mov"),
    "video/webm": (VIDEO, ".webm"),
    "application/pdf": (DOCUMENT, ".pdf"),
    "text/plain": (TEXT, ".txt"),
}

#: Extension -> kind a name promises. An extension in neither table promises nothing.
_PROMISED: Final = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".heic", ".heif"), IMAGE),
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".qt", ".webm"), VIDEO),
    ".pdf": DOCUMENT,
    **dict.fromkeys((".txt", ".text", ".log", ".csv", ".md"), TEXT),
}
_FOREIGN_EXTENSIONS: Final = frozenset(
    ".html .htm .xhtml .shtml .mht .mhtml .svg .svgz .xml .xsl .js .mjs .css .php .phtml .phar .asp .aspx .jsp .py .pl"
    " .rb .sh .bash .bat .cmd .com .exe .dll .msi .scr .ps1 .vbs .jar .apk .app .dmg .iso .lnk .url .hta .swf .zip .rar"
    " .7z .gz .tar .bz2 .xz .doc .docx .docm .xls .xlsx .xlsm .ppt .pptx .pptm .rtf .odt .eps .ps .m3u .m3u8".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one caller accepts: a policy's numbers. Sizes are bytes of the file as sent."""

    #: Media types by content; each a key of `MEDIA_TYPES`.
    types: frozenset[str] = frozenset(MEDIA_TYPES)
    #: Files in one submission.
    max_files: int = 20
    max_bytes_image: int = 20 * MEBIBYTE
    max_bytes_video: int = 200 * MEBIBYTE
    #: Documents and plain text.
    max_bytes_document: int = 20 * MEBIBYTE
    #: Width times height. Today's largest phone cameras write 108 million (12,000 x 9,000).
    max_pixels: int = 120_000_000
    #: Frames of a moving picture.
    max_frames: int = 500
    max_pages: int = 200
    #: Playing time of a video, in seconds.
    max_seconds: int = 600

    def __post_init__(self) -> None:
        if unknown := self.types - MEDIA_TYPES.keys():
            raise ValueError(f"no such type of evidence: {', '.join(sorted(unknown))}")

    @property
    def bounds(self) -> Bounds:
        return Bounds(
            max_pixels=self.max_pixels,
            max_frames=self.max_frames,
            max_pages=self.max_pages,
            max_seconds=self.max_seconds,
        )

    @property
    def max_bytes(self) -> int:
        """The most any accepted kind may have: where receiving stops."""
        return max(self.max_bytes_of(kind) for kind, _ in (MEDIA_TYPES[one] for one in self.types))

    def max_bytes_of(self, kind: str) -> int:
        return {IMAGE: self.max_bytes_image, VIDEO: self.max_bytes_video}.get(kind, self.max_bytes_document)


def kind_of(media_type: str) -> str:
    """image, video, document or text. Raises KeyError for a type the vault does not know."""
    return MEDIA_TYPES[media_type][0]


def promised_kind(name: str, declared_type: str) -> str | None:
    """The kind a name, or else a declared type, promises; None when they promise nothing.

    `foreign` stands for everything the vault never accepts.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension in _FOREIGN_EXTENSIONS:
        return "foreign"
    declared = MEDIA_TYPES.get(declared_type.split(";", maxsplit=1)[0].strip().lower())
    return _PROMISED.get(extension) or (declared[0] if declared else None)
