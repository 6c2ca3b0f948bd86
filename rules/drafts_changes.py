"""What two documents of a pack say differently, field by field. Pure: nothing is stored here."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.engine.lengths import LENGTH_FORM

Path = tuple[str, ...]
DeepPath = tuple[str | int, ...]
"""A path that may lead through lists, by position."""
Values = Mapping[str, Any]

ORIGINS = ("source", "confidence", "note")
"""Fields that say where an entry comes from; they say nothing to a case."""
SOURCED = ("deadlines", "order_clocks", "reasons", "remedies", "refusals", "rejections", "actions", "order_actions")
"""Sections whose entries carry their own source."""
LONGEST_POSITION = 6
"""Digits of a position in a list."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?%?")


class _Nothing:
    """Stands where a document has no such field; None is a value."""


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that two documents state differently."""

    path: Path
    before: Any
    """What stood there; `NOTHING` where nothing did."""
    after: Any

    @property
    def pointer(self) -> str:
        """The JSON pointer (RFC 6901) to the field."""
        return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in self.path)

    @property
    def is_origin(self) -> bool:
        """Whether it only tells where an entry comes from."""
        return len(self.path) > 2 and self.path[0] in SOURCED and self.path[-1] in ORIGINS

    @property
    def needs_source(self) -> bool:
        """Whether a number is another one: then somebody has to say on what it rests."""
        return not self.is_origin and numbers_in(self.before) != numbers_in(self.after)


def changes_between(before: Values, after: Values, path: Path = ()) -> Iterator[Change]:
    """Every field that differs, in the order of the documents. Lists and plain values are compared whole."""
    for key in {**before, **after}:
        old, new = before.get(key, NOTHING), after.get(key, NOTHING)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from changes_between(old, new, (*path, key))
        elif not _same(old, new):
            yield Change(path=(*path, key), before=old, after=new)


def numbers_in(value: Any) -> list[str]:
    """The numbers, lengths and shares of a value, in order."""
    if isinstance(value, Mapping):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in numbers_in(item)]
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return []
    text = str(value)
    return [text] if _NUMBER.fullmatch(text) or LENGTH_FORM.fullmatch(text.removeprefix("-")) else []


def with_changes(document: Values, changes: Iterator[Change] | list[Change]) -> dict[str, Any]:
    """A copy of the document in which each field says what its change says."""
    changed = copy.deepcopy(dict(document))
    for change in changes:
        put(changed, change.path, change.after)
    return changed


def put(holder: Any, path: DeepPath, value: Any) -> None:
    """Set one field, making the maps on the way to it; `NOTHING` takes it away. A list is entered by position."""
    key = _key(holder, path[0])
    if len(path) == 1:
        if value is not NOTHING:
            holder[key] = copy.deepcopy(value)
        elif key in holder if isinstance(holder, dict) else key is not None:
            del holder[key]
        return
    inner = holder.get(key) if isinstance(holder, dict) else holder[key]
    if not isinstance(inner, dict) and _key(inner, path[1]) is None:
        if value is NOTHING:
            return
        inner = holder[key] = {}
    put(inner, path[1:], value)


def _key(holder: Any, part: Any) -> Any:
    """By what a part of a path is found in a map or in a list; None where a list has no such place."""
    if isinstance(holder, dict):
        return part
    if not isinstance(holder, list):
        return None
    text = str(part)
    position = int(text) if text.isdecimal() and len(text) <= LONGEST_POSITION else len(holder)
    return position if position < len(holder) else None


def value_at(document: Any, path: DeepPath) -> Any:
    """What stands at a path; `NOTHING` where nothing does."""
    for part in path:
        listed = isinstance(document, list) and isinstance(part, int) and part < len(document)
        if not listed and not (isinstance(document, Mapping) and part in document):
            return NOTHING
        document = document[part]
    return document


def as_json(change: Change) -> dict[str, Any]:
    """A change as the audit trail keeps it; what is not stated is left out."""
    told = {"before": change.before, "after": change.after}
    return {"pointer": change.pointer, **{name: value for name, value in told.items() if value is not NOTHING}}


def _same(old: Any, new: Any) -> bool:
    """Equal, and of one kind: true is not 1."""
    return type(old) is type(new) and old == new


def path_of(pointer: str) -> Path:
    """The path a JSON pointer names; empty for what is none."""
    if not pointer.startswith("/"):
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return None if value is NOTHING else value


def sources_brought(base: Values, until_now: Values, document: Values) -> dict[str, dict[str, Any]]:
    """The sources a document brings along: for a changed number of an entry that names another source than before.

    By pointer, in the form that a draft keeps.
    """
    found = {}
    for change in changes_between(base, document):
        entry = value_at(document, change.path[:2])
        if not change.needs_source or change.path[0] not in SOURCED or not isinstance(entry, Mapping):
            continue
        source, before = str(entry.get("source", "")), value_at(until_now, (*change.path[:2], "source"))
        if source and source != before:
            sure = str(entry.get("confidence", "assumed"))
            found[change.pointer] = {"source": source, "confidence": sure, "value": plain(change.after)}
    return found
