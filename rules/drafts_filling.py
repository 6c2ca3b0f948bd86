"""Putting what somebody entered into a document: only what differs is written, and in the form it had."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from rules.drafts_changes import NOTHING, DeepPath, put, value_at
from rules.drafts_endings import with_ending
from rules.drafts_fields import DATED, Field, Kind, opened_length

Values = Mapping[str, Any]


def filled(document: Values, given: Iterable[tuple[Field, Any]]) -> dict[str, Any]:
    """A copy of the document in which each field says what was entered."""
    changed = copy.deepcopy(dict(document))
    entered = [(field, value) for field, value in given if value != field.value]
    for entry in dict.fromkeys(field.path[:2] for field, _value in entered if _is_length(field.path)):
        _open(changed, entry)
    for field, value in entered:
        put(changed, field.path, _written(changed, field, value))
    for entry in dict.fromkeys(field.path[:2] for field, _value in entered if _is_length(field.path)):
        _close(changed, entry, value_at(document, (*entry, "length")))
    return changed


def _is_length(path: DeepPath) -> bool:
    return path[0] in DATED and path[2] == "length"


def _open(document: dict[str, Any], entry: DeepPath) -> None:
    put(document, (*entry, "length"), opened_length(value_at(document, (*entry, "length"))))


def _close(document: dict[str, Any], entry: DeepPath, before: Any) -> None:
    """A length that is nothing but an amount is one word again, unless it was more before."""
    was = before if isinstance(before, list) else [before]
    items = [
        item["is"] if set(item) == {"is"} and not isinstance(old, Mapping) else item
        for item, old in zip(value_at(document, (*entry, "length")), was, strict=True)
    ]
    put(document, (*entry, "length"), items if isinstance(before, list) else items[0])


def _written(document: Values, field: Field, value: Any) -> Any:
    if field.kind is Kind.ENDING:
        return with_ending(value_at(document, field.path), value)
    return NOTHING if not field.required and value in ("", [], None) else value
