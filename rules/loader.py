"""The packs shipped with Gongduan: from files to compiled policies."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendar_loader import CALENDARS
from rules.documents import Document, PackError, Place, explain_error, read_document, resolve
from rules.engine.compiler import compile_policy
from rules.engine.errors import DocumentError
from rules.engine.policy import Policy

PACKS = Path(__file__).parent / "packs"
DATED = "versions"
"""Below the packs: what a pack said in earlier times, one file `<pack>.<name>.yaml` for each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackVersion:
    """One dated text of a pack. The one without an end is the pack's own file."""

    pack: str
    name: str
    """What `load_policy`, `load_document` and `source_text` take."""
    effective_from: datetime | None
    """The first moment it applies: midnight in the pack's zone. None: since ever."""
    effective_until: datetime | None
    """The first moment it applies no more. None: still in force."""

    def covers(self, moment: datetime) -> bool:
        """Whether a case opened at this moment falls under it."""
        begun = self.effective_from is None or self.effective_from <= moment
        return begun and (self.effective_until is None or moment < self.effective_until)


def pack_names(folder: Path = PACKS) -> tuple[str, ...]:
    """The packs a platform can use, sorted; abstract ones, which only lend their rules, are left out."""
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    return tuple(name for name in names if not _read(folder, name).values.get("abstract"))


def load_document(name: str, folder: Path = PACKS) -> Document:
    """A shipped pack merged with its ancestors. Raises PackError."""
    return resolve(name, lambda ancestor: _read(folder, ancestor))


def merge_text(text: str, *, file: str, folder: Path = PACKS) -> Document:
    """A text merged with the shipped packs it inherits from, as if it stood in their folder. Raises PackError."""
    own = read_document(text, file=file)
    name = str(own.values.get("pack", ""))
    _check_parents(own, folder, file)
    try:
        return resolve(name, lambda ancestor: own if ancestor == name else _read(folder, ancestor))
    except PackError as error:
        if error.file == file:
            raise
        line = own.places[("inherits",)].line
        raise PackError(error.problem, file=file, line=line, path=("inherits",)) from None


def _check_parents(own: Document, folder: Path, file: str) -> None:
    known = {path.stem for path in folder.glob("*.yaml")}
    for word, allowed in (("inherits", known), ("remove", None)):
        listed = own.values.get(word) or []
        line = own.places.get((word,), Place(file=file, line=1)).line
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise PackError("a list of names is needed here", file=file, line=line, path=(word,))
        for position, item in enumerate(listed):
            if allowed is not None and item not in allowed:
                line = own.places[word, position].line
                near = next(iter(difflib.get_close_matches(item, sorted(allowed), n=1, cutoff=0.5)), "")
                raise PackError("unknown pack", file=file, line=line, path=(word, position), nearest=near)


def known_settings(folder: Path = PACKS) -> dict[str, Any]:
    """Every setting the shipped packs have, each with a value."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        found.update(_read(folder, path.stem).values.get("settings") or {})
    return found


def known_calendars() -> tuple[str, ...]:
    """The countries a calendar of working days is shipped for."""
    return tuple(sorted(path.name for path in CALENDARS.iterdir() if path.is_dir()))


def load_policy(name: str, folder: Path = PACKS) -> Policy:
    """A shipped pack, compiled. Raises PackError naming file, line, field and the nearest word."""
    document = load_document(name, folder)
    try:
        return compile_policy(document.values)
    except DocumentError as error:
        raise explain_error(error, document, file=f"{name}.yaml") from None


def pack_versions(pack: str, folder: Path = PACKS) -> tuple[PackVersion, ...]:
    """All dated texts of a pack, the oldest first, the one in force last.

    Raises PackError when a file is kept under another pack's name, or when two texts claim the same day or
    leave days between them to nobody.
    """
    dated = sorted(path for path in (folder / DATED).glob(f"{pack}.*.yaml") if path.stem.rpartition(".")[0] == pack)
    names = [f"{DATED}/{path.stem}" for path in dated] + [pack]
    versions = sorted((_version(pack, name, folder) for name in names), key=_order)
    for earlier, later in pairwise(versions):
        if earlier.effective_until is None or earlier.effective_until != later.effective_from:
            document = load_document(earlier.name, folder)
            place = document.places.get(("effective", "until"), Place(file=f"{earlier.name}.yaml", line=1))
            raise PackError(
                f"this text must end on the day “{later.name}” begins", file=place.file, line=place.line,
                path=("effective", "until"),
            )  # fmt: skip
    return tuple(versions)


def load_version_document(version: PackVersion, folder: Path = PACKS) -> Document:
    """A dated text merged with its ancestors. Raises PackError."""
    return load_document(version.name, folder)


def load_version_policy(version: PackVersion, folder: Path = PACKS) -> Policy:
    """A dated text, compiled. Raises PackError like `load_policy`."""
    return load_policy(version.name, folder)


def version_source(version: PackVersion, folder: Path = PACKS) -> str:
    """A dated text as its authors wrote it."""
    return source_text(version.name, folder)


def _order(version: PackVersion) -> float:
    return version.effective_from.timestamp() if version.effective_from else float("-inf")


def _version(pack: str, name: str, folder: Path) -> PackVersion:
    document = load_document(name, folder)
    if document.values.get("pack") != pack:
        place = document.places.get(("pack",), Place(file=f"{name}.yaml", line=1))
        raise PackError(f"this file is kept as a version of “{pack}”", file=place.file, line=place.line, path=("pack",))
    return PackVersion(
        pack=pack, name=name, effective_from=_midnight(document, "from"), effective_until=_midnight(document, "until")
    )


def _midnight(document: Document, word: str) -> datetime | None:
    """When the day named by `effective` begins in the pack's zone."""
    text = (document.values.get("effective") or {}).get(word)
    if text is None:
        return None
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        place = document.places[("effective", word)]
        raise PackError(
            f"“{text}” is no day like 2022-02-27", file=place.file, line=place.line, path=("effective", word)
        ) from None
    return datetime.combine(day, time(), tzinfo=ZoneInfo(str(document.values.get("timezone", "UTC"))))


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
