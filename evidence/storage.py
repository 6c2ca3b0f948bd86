"""Where bytes lie: one place per content, written once, never rewritten.

Layout under `EVIDENCE_ROOT`: `incoming/` for files still coming in, `objects/ab/cd/<sha256>` for the rest,
`damaged/` for what was found changed. Directories are 0700, files 0600; nothing in a name comes from a person.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from evidence.errors import FileTooLarge, OriginalMissing, StorageFull, StorageUnavailable

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_KEY: Final = re.compile(r"objects/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A file wholly received and safely on disk, not yet at its place."""

    path: Path
    #: Of the bytes as they came in; hexadecimal.
    sha256: str
    #: Bytes.
    size: int


@contextlib.contextmanager
def receiving(chunks: Iterable[bytes], *, name: str, max_bytes: int) -> Iterator[Incoming]:
    """Write chunks to a temporary name, hashing on the way; the temporary name is gone afterwards.

    Raises FileTooLarge as soon as `max_bytes` is passed, StorageFull, StorageUnavailable.
    """
    path = _directory("incoming") / secrets.token_hex(16)
    try:
        yield _receive(chunks, path, name=name, max_bytes=max_bytes)
    finally:
        path.unlink(missing_ok=True)


def _receive(chunks: Iterable[bytes], path: Path, *, name: str, max_bytes: int) -> Incoming:
    digest, size = hashlib.sha256(), 0
    with saying_when_full(), _created(path) as file:
        for chunk in chunks:
            size += len(chunk)
            if size > max_bytes:
                raise FileTooLarge(name=name, max_bytes=max_bytes)
            digest.update(chunk)
            file.write(chunk)
        _flush(file)
    return Incoming(path=path, sha256=digest.hexdigest(), size=size)


def key_for(sha256: str) -> str:
    """The place of a content, relative to the root."""
    return f"objects/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def place(incoming: Incoming) -> bool:
    """Give received bytes their lasting name; True when they were not there before.

    The caller holds the lock on this content. Raises StorageFull, StorageUnavailable.
    """
    with saying_when_full():
        target = _directory(str(Path(key_for(incoming.sha256)).parent)) / incoming.sha256
        if target.exists() and _hash_of(target) == incoming.sha256:
            return False
        if target.exists():
            _set_aside(target)
        incoming.path.rename(target)
        _flush_directory(target.parent)
    return True


def remove(key: str) -> None:
    """Take back bytes placed by a transaction that then failed. The caller holds the lock on this content."""
    path_of(key).unlink(missing_ok=True)


def path_of(key: str) -> Path:
    """Raises ValueError for anything but a key this module made."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a place in the store: {key!r}")
    return _root() / key


def open_bytes(key: str) -> BinaryIO:
    """Raises OriginalMissing when the bytes are gone."""
    try:
        return path_of(key).open("rb")
    except FileNotFoundError:
        raise OriginalMissing from None


def hash_of(key: str) -> str | None:
    """The sha256 of what lies at a place now; None when nothing does."""
    try:
        return _hash_of(path_of(key))
    except FileNotFoundError:
        return None


def stored_keys() -> Iterator[str]:
    """Every place that holds something."""
    root = _root()
    for path in sorted(root.glob("objects/*/*/*")):
        yield str(path.relative_to(root))


def abandoned_arrivals(*, before: float) -> Iterator[Path]:
    """Temporary files of processes killed while receiving: unwritten since `before`, in seconds since 1970."""
    for path in _root().glob("incoming/*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                yield path


def discard(path: Path) -> None:
    """Remove an abandoned arrival: a file, or a directory of drawings."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def scratch_directory() -> Path:
    """Where a child may write its drawings: on the same disk, private."""
    return _directory("incoming")


def _root() -> Path:
    return Path(settings.EVIDENCE_ROOT)


def _directory(relative: str) -> Path:
    path = _root()
    with saying_when_full():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in Path(relative).parts:
            path = path / part
            path.mkdir(mode=0o700, exist_ok=True)
    return path


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set_aside(path: Path) -> None:
    """Bytes that no longer match their name are kept for inquiry, out of the way of the right ones."""
    path.rename(_directory("damaged") / f"{path.name}.{secrets.token_hex(4)}")


@contextlib.contextmanager
def saying_when_full() -> Iterator[None]:
    """Raises StorageFull for a disk without room, StorageUnavailable for any other failure of it."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull from error
        raise StorageUnavailable from error
