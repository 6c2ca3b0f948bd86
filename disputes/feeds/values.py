"""Single outside values: local times turned into UTC, and how a refused value is shown in an error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, Literal
from zoneinfo import ZoneInfo

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2199
LONGEST_SHOWN: Final = 60

MomentProblem = Literal["not_a_time", "time_needs_offset", "time_out_of_range"]

_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_COMPACT_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{3})([+-]\d{4})", re.ASCII)


def read_moment(text: str, zone: ZoneInfo | None) -> datetime | MomentProblem:
    """The moment in UTC, or what is wrong with the text.

    A local time in a gap moves forward, in an overlap the first is meant (platform-rules 10.3, item 25): both are what
    `fold=0` gives. AliExpress's older calls print a compact form with an offset, which is read too.
    """
    match = _MOMENT.fullmatch(text) or _COMPACT_MOMENT.fullmatch(text)
    if match is None:
        return "not_a_time"
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if offset is None and zone is None:
        return "time_needs_offset"
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return "time_out_of_range"
    microsecond = int((fraction or "0").ljust(6, "0"))
    try:
        where = zone if offset is None else _offset_zone(offset)
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), microsecond, tzinfo=where
        )
    except ValueError:
        return "not_a_time"
    return local.astimezone(UTC)


def _offset_zone(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if minutes > 59:
        raise ValueError(offset)
    length = timedelta(hours=hours, minutes=minutes)
    return timezone(-length if offset[0] == "-" else length)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold: NUL and lone surrogates become the replacement character."""
    return _UNSTORABLE.sub("\ufffd", text)


def nearest_word(word: str, known: Iterable[str]) -> str:
    """The known word most like this one; empty when none is near."""
    nearest = difflib.get_close_matches(word[:LONGEST_SHOWN], list(known), n=1, cutoff=0.5)
    return nearest[0] if nearest else ""


def exact_text(raw: str | int) -> str:
    """The value as text; a whole number too long to be anybody's id is given as a text too long to be one."""
    if isinstance(raw, str):
        return raw
    return str(raw) if raw.bit_length() < 1024 else "9" * 320


def kind_of(raw: object) -> str:
    """A word for what was found where something else was expected."""
    if isinstance(raw, bool):
        return "flag"
    if isinstance(raw, int | float):
        return "number"
    if isinstance(raw, str):
        return "text"
    return "list" if isinstance(raw, list) else "object"


def shown(raw: object) -> str:
    """A refused value, short enough for an error and without anything that cannot be stored."""
    if not isinstance(raw, str | int | float):
        return kind_of(raw)
    text = exact_text(raw) if isinstance(raw, str | int) else repr(raw)
    safe = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return safe if len(safe) <= LONGEST_SHOWN else safe[: LONGEST_SHOWN - 1] + "…"


def escape(name: str) -> str:
    """A name as one part of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
