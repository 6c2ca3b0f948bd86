"""Numbers and words of a document's settings, evidence and reasons that no sound pack states. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.drafts_settings import AMOUNT, CHOICES, LIMITS, MONEY, MOST, SHARES, ZONES
from rules.engine.errors import DocumentError

Values = Mapping[str, Any]
NEGATIVE = "a number here is never negative"


def wrong_numbers(document: Values, known: Values) -> Iterator[DocumentError]:
    """Everything wrong, each with its path. `known` is every setting there is, with a value of its kind."""
    for name, value in (document.get("settings") or {}).items():
        yield from _wrong_setting(name, value, known)
    evidence = document.get("evidence") or {}
    for name in LIMITS:
        if name in evidence:
            yield from _wrong_limit(("evidence", name), evidence[name])
    yield from _unknown_slots(document, tuple(evidence.get("slots") or {}))


def _wrong_setting(name: str, value: Any, known: Values) -> Iterator[DocumentError]:
    path = ("settings", name)
    if name not in known:
        yield DocumentError("unknown setting", path=path, word=name, choices=tuple(sorted(known)))
    elif value is None:
        return
    elif known[name] is not None and type(value) is not type(known[name]):
        yield DocumentError("another kind of value is needed here", path=path, word=value)
    elif isinstance(value, int) and not isinstance(value, bool) and value < 0:
        yield DocumentError(NEGATIVE, path=path, word=value)
    elif isinstance(value, int) and value > (100 if name in SHARES else MOST):
        yield DocumentError("this is too much", path=path, word=value)
    else:
        yield from _wrong_word(name, value, path)


def _wrong_word(name: str, value: Any, path: tuple[str, ...]) -> Iterator[DocumentError]:
    if name in CHOICES and value not in CHOICES[name]:
        yield DocumentError("unknown value", path=path, word=value, choices=CHOICES[name])
    elif name in MONEY and not AMOUNT.fullmatch(str(value)):
        yield DocumentError("an amount is written like 100.00", path=path, word=value)
    elif name in ZONES and not is_zone(value):
        yield DocumentError("unknown time zone", path=path, word=value)


def is_zone(name: Any) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _wrong_limit(path: tuple[str, ...], value: Any) -> Iterator[DocumentError]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield DocumentError("another kind of value is needed here", path=path, word=value)
    elif value < 1:
        yield DocumentError("a limit is 1 or more", path=path, word=value)
    elif value > MOST:
        yield DocumentError("this is too much", path=path, word=value)


def _unknown_slots(document: Values, slots: tuple[str, ...]) -> Iterator[DocumentError]:
    for code, reason in (document.get("reasons") or {}).items():
        for party, asked in (reason.get("slots") or {}).items():
            for name in asked if isinstance(asked, list) else [asked]:
                if name not in slots:
                    path = ("reasons", code, "slots", party)
                    yield DocumentError("unknown slot", path=path, word=name, choices=slots)
