"""Names people gave their files: shown, never used as a path."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from evidence.kinds import MEDIA_TYPES

MAX_NAME_LENGTH: Final = 120
_UNPRINTABLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SEPARATORS: Final = re.compile(r"[/\\]")
_NOT_IN_A_QUOTED_NAME: Final = re.compile(r"[^A-Za-z0-9._ ()-]")


def display_name(declared: str) -> str:
    """The last part of a declared name without control, direction or line signs; at most 120 characters.

    The extension survives the cut. A name with nothing left is `file`.
    """
    last = _SEPARATORS.split(unicodedata.normalize("NFC", declared))[-1]
    visible = "".join(" " if sign in "\t\r\n" else sign for sign in last if not _is_unprintable(sign))
    name = " ".join(visible.split()).lstrip(".").strip() or "file"
    if len(name) <= MAX_NAME_LENGTH:
        return name
    extension = PurePosixPath(name).suffix[:16]
    return name[: MAX_NAME_LENGTH - len(extension) - 1] + "…" + extension


def download_name(name: str, media_type: str) -> str:
    """A display name whose extension says what the content is."""
    extension = MEDIA_TYPES[media_type][1]
    path = PurePosixPath(name)
    alike = {extension, ".jpeg"} if extension == ".jpg" else {extension}
    return name if path.suffix.lower() in alike else f"{name}{extension}"


def content_disposition(name: str, *, attachment: bool) -> str:
    """The header of RFC 6266: a plain name for old readers, then the true one in UTF-8 (RFC 8187)."""
    plain = _NOT_IN_A_QUOTED_NAME.sub("_", unicodedata.normalize("NFKD", name).encode("ascii", "replace").decode())
    disposition = "attachment" if attachment else "inline"
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_unprintable(sign: str) -> bool:
    return sign not in "\t\r\n" and unicodedata.category(sign) in _UNPRINTABLE_CATEGORIES
