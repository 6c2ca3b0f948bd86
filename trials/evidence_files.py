"""Files as people send them, made by a seed: pictures, documents, films and chats of every size, no two alike."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from tests.evidence.documents import pdf
from tests.evidence.films import box, mp4

WORDS = "mug handle crack glaze parcel carrier signed photo refund scratch box tape corner spout lid".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One file."""

    name: str
    media_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def made(seed: int) -> Made:
    """Always the same file for a seed; mostly pictures, from a few kilobytes to a few megabytes."""
    chance = random.Random(seed)
    name, media_type, make = chance.choices(_KINDS, [5, 2, 1, 1, 1])[0]
    return Made(name=name.format(seed), media_type=media_type, body=make(chance))


def _photo(chance: random.Random, edge: int = 0) -> bytes:
    return _saved(_picture(chance, edge or chance.randint(60, 700)), "JPEG", quality=95)


def _screenshot(chance: random.Random) -> bytes:
    return _saved(_picture(chance, chance.randint(40, 400)), "PNG")


def _picture(chance: random.Random, edge: int) -> Image.Image:
    """Noise, which compresses badly."""
    return Image.frombytes("RGB", (edge, edge), chance.randbytes(edge * edge * 3))


def _saved(image: Image.Image, form: str, **options: int) -> bytes:
    body = io.BytesIO()
    image.save(body, form, **options)
    return body.getvalue()


def _document(chance: random.Random) -> bytes:
    note = chance.randbytes(chance.randint(1_000, 200_000)).hex().encode()
    return pdf(chance.randint(1, 5), extra=b"/Note <" + note + b">")


def _film(chance: random.Random) -> bytes:
    return mp4() + box(b"mdat", chance.randbytes(chance.randint(10_000, 4_000_000)))


def _chat(chance: random.Random) -> bytes:
    """Plain text: whatever is cut off, the rest looks whole."""
    lines = (" ".join(chance.choices(WORDS, k=9)) for _ in range(chance.randint(100, 4_000)))
    return "\n".join(lines).encode()


_KINDS: tuple[tuple[str, str, Callable[[random.Random], bytes]], ...] = (
    ("{}.jpg", "image/jpeg", _photo), ("{}.png", "image/png", _screenshot), ("{}.pdf", "application/pdf", _document),
    ("{}.mp4", "video/mp4", _film), ("{}.txt", "text/plain", _chat),
)  # fmt: skip
