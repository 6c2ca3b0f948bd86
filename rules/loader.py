"""The packs shipped with Gongduan: from files to compiled policies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from rules.documents import Document, PackError, explain_error, read_document, resolve
from rules.engine.compiler import compile_policy
from rules.engine.errors import DocumentError
from rules.engine.policy import Policy

PACKS = Path(__file__).parent / "packs"


def pack_names(folder: Path = PACKS) -> tuple[str, ...]:
    """The packs a platform can use, sorted; abstract ones, which only lend their rules, are left out."""
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    return tuple(name for name in names if not _read(folder, name).values.get("abstract"))


def load_document(name: str, folder: Path = PACKS) -> Document:
    """A shipped pack merged with its ancestors. Raises PackError."""
    return resolve(name, lambda ancestor: _read(folder, ancestor))


def load_policy(name: str, folder: Path = PACKS) -> Policy:
    """A shipped pack, compiled. Raises PackError naming file, line, field and the nearest word."""
    document = load_document(name, folder)
    try:
        return compile_policy(document.values)
    except DocumentError as error:
        raise explain_error(error, document, file=f"{name}.yaml") from None


def source_text(name: str, folder: Path = PACKS) -> str:
    """The pack's own text, as its authors wrote it."""
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


def canonical(document: Mapping[str, Any]) -> str:
    """One text for equal documents: the form that is stored and hashed. Order of deadlines and actions is kept."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(document).encode()).hexdigest()


@lru_cache(maxsize=64)
def compile_canonical(text: str) -> Policy:
    """A policy from its stored canonical text; compiled once per text in a process."""
    return compile_policy(json.loads(text))


def _read(folder: Path, name: str) -> Document:
    path = folder / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(item.stem for item in folder.glob("*.yaml")))
        raise PackError(f"there is no pack “{name}” (there are {known})", file=f"{name}.yaml", line=1)
    return _parse(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=64)
def _parse(text: str, file: str) -> Document:
    return read_document(text, file=file)
