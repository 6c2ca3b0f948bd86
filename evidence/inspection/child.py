"""The child process: reads one file under hard limits and tells what it is.

Run as `python -I child.py REQUEST`, never imported by the web process. The request is one JSON argument; the
answer is one JSON line on standard output; drawings are written into the directory named by the request.
"""

from __future__ import annotations

import errno
import json
import mmap
import resource
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from evidence.inspection import boxes, documents, pictures, signatures, tails, webm
from evidence.inspection.findings import IMAGE, Bounds, Found, NotAccepted

_SMALL = {
    "image/jpeg": pictures.inspect_jpeg,
    "image/png": pictures.inspect_png,
    "image/gif": pictures.inspect_gif,
    "image/webp": pictures.inspect_webp,
    "image/heic": boxes.inspect_heic,
    "application/pdf": documents.inspect_pdf,
    "text/plain": documents.inspect_text,
}
#: Films are mapped, not read: they may be larger than the memory the child is given.
_FILMS: dict[str, Callable[[Any, Bounds], Found]] = {
    "video/mp4": partial(boxes.inspect_video, media_type="video/mp4"),
    "video/quicktime": partial(boxes.inspect_video, media_type="video/quicktime"),
    "video/webm": webm.inspect_webm,
}


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Inspect, and draw if it is a picture. The answer holds `found`, `refused`, or `no_room` for the drawings."""
    bounds = Bounds(**request["bounds"])
    try:
        found, data = inspect(Path(request["path"]), bounds, allowed=frozenset(request["types"]))
        drawings = _draw(data, found, bounds, Path(request["drawings"])) if found.kind == IMAGE else []
    except NotAccepted as refusal:
        return {"refused": refusal.code, "data": refusal.data}
    except MemoryError:
        return {"refused": "file_too_heavy", "data": {"detail": "needs more memory than it may have"}}
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return {"no_room": True}
    except Exception as error:  # A parser that stumbles over a hostile file must not let it in.
        return {"refused": "file_broken", "data": {"detail": f"unreadable: {type(error).__name__}"}}
    return {"found": found.as_json(), "drawings": drawings}


def inspect(path: Path, bounds: Bounds, *, allowed: frozenset[str]) -> tuple[Found, bytes]:
    """Type by content, then the headers of that type. Raises NotAccepted."""
    with path.open("rb") as file:
        head = file.read(4096)
        if not head:
            raise NotAccepted("file_empty")
        media_type = signatures.identify(head)
        if media_type not in allowed:
            raise NotAccepted("file_type_not_accepted", found=media_type)
        if media_type in _FILMS:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as film:
                return _FILMS[media_type](film, bounds), b""
        if media_type.startswith("image/"):
            tails.check_head(head)
        data = head + file.read()
    return _SMALL[media_type](data, bounds), data


def _draw(data: bytes, found: Found, bounds: Bounds, directory: Path) -> list[dict[str, Any]]:
    from evidence.inspection import rendering  # noqa: PLC0415 - Pillow is loaded only for pictures

    told = []
    for drawing in rendering.render(data, found, bounds):
        (directory / drawing.variant).write_bytes(drawing.body)
        told.append(
            {"variant": drawing.variant, "width": drawing.width, "height": drawing.height, "tool": rendering.TOOL}
        )
    return told


def confine(*, memory_bytes: int, cpu_seconds: int, written_bytes: int) -> None:
    """Hard limits of the kernel on this process; none can be raised again."""
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, written_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    confine(**asked["confinement"])
    json.dump(main(asked), sys.stdout)
