"""How long something lasts, as the rules of a platform state it (platform-rules F1, F5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from rules.engine.errors import EngineError

BUSINESS_WINDOW = (time(9), time(18))
"""The hours of a business day unless a length says otherwise (platform-rules section 7, JD: 09:00-18:00)."""


class LengthError(EngineError, ValueError):
    """A length cannot be understood."""


class Unit(StrEnum):
    """What a length is counted in."""

    MINUTES = "minutes"
    """Elapsed minutes."""
    HOURS = "hours"
    """Elapsed hours."""
    DAYS = "days"
    """Elapsed days of 24 hours each."""
    CALENDAR_DAYS = "calendar_days"
    """To the end of the n-th day after the start's local date; 0 is the end of that date itself."""
    WORKING_DAYS = "working_days"
    """The n-th working day after the start's local date, at the start's wall-clock time."""
    BUSINESS_HOURS = "business_hours"
    """Hours inside the daily window of working days."""
    BUSINESS_MINUTES = "business_minutes"
    """Minutes inside the daily window of working days."""
    ORDINAL_DAYS = "ordinal_days"
    """The beginning of the n-th day, where the start's local date is day 1."""


ELAPSED = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
}
BUSINESS = {Unit.BUSINESS_HOURS: timedelta(hours=1), Unit.BUSINESS_MINUTES: timedelta(minutes=1)}
WORKING = frozenset({Unit.WORKING_DAYS, *BUSINESS})
SUFFIXES = {
    "min": Unit.MINUTES,
    "h": Unit.HOURS,
    "d": Unit.DAYS,
    "cd": Unit.CALENDAR_DAYS,
    "wd": Unit.WORKING_DAYS,
    "bh": Unit.BUSINESS_HOURS,
    "bmin": Unit.BUSINESS_MINUTES,
}
LENGTH_FORM = re.compile(r"(?P<amount>[0-9]{1,6})(?P<suffix>[a-z]+)|day (?P<ordinal>[1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A stretch of time as a rule states it."""

    amount: int
    """How many units; never negative."""
    unit: Unit
    make_up_counts: bool = True
    """Whether worked weekend days count as working days."""
    window: tuple[time, time] | None = None
    """Opening and closing time of a business day; None is 09:00 to 18:00."""
    holiday_groups: frozenset[str] | None = None
    """The only holiday groups that stop working time; None is all of them."""

    def __post_init__(self) -> None:
        if self.amount < 0 or (self.amount == 0 and self.unit is Unit.ORDINAL_DAYS):
            raise LengthError(f"{self.amount} {self.unit} is no length")
        if self.window and (any(edge.tzinfo for edge in self.window) or self.window[0] >= self.window[1]):
            raise LengthError(f"business hours open before they close, not {self.window[0]} to {self.window[1]}")

    def __str__(self) -> str:
        """The form a pack writes."""
        if self.unit is Unit.ORDINAL_DAYS:
            return f"day {self.amount}"
        return str(self.amount) + next(suffix for suffix, unit in SUFFIXES.items() if unit is self.unit)


def parse_length(
    text: str,
    *,
    make_up_counts: bool = True,
    window: tuple[time, time] | None = None,
    holiday_groups: frozenset[str] | None = None,
) -> Length:
    """Read `48h`, `30min`, `5d`, `3cd`, `4wd`, `4bh`, `100bmin` or `day 16`. Raises `LengthError`."""
    match = LENGTH_FORM.fullmatch(text)
    if match is None or (match["suffix"] and match["suffix"] not in SUFFIXES):
        known = ", ".join(SUFFIXES)
        raise LengthError(f"{text!r} is no length: write a whole number and one of {known}, or 'day 16'")
    return Length(
        amount=int(match["ordinal"] or match["amount"]),
        unit=SUFFIXES[match["suffix"]] if match["suffix"] else Unit.ORDINAL_DAYS,
        make_up_counts=make_up_counts,
        window=window,
        holiday_groups=holiday_groups,
    )
