"""Working days, read from the calendar documents line by line."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DOCUMENTS = Path(__file__).parent.parent / "rules" / "calendars" / "cn"
_HOLIDAY = re.compile(r"off: \[([^\]]*)\](?:, worked: \[([^\]]*)\])?")
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?")


def _days(spans: str) -> set[date]:
    found: set[date] = set()
    for first, last in _SPAN.findall(spans or ""):
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last or first):
            found.add(day)
            day += timedelta(days=1)
    return found


@cache
def _holidays() -> tuple[frozenset[date], frozenset[date]]:
    """Days off, and weekend days that are worked, of every year there is a document for."""
    off: set[date] = set()
    worked: set[date] = set()
    for document in sorted(DOCUMENTS.glob("*.yaml")):
        for free, made_up in _HOLIDAY.findall(document.read_text(encoding="utf-8")):
            off |= _days(free)
            worked |= _days(made_up)
    return frozenset(off), frozenset(worked)


def is_working_day(day: date) -> bool:
    """Make-up Saturdays and Sundays count as working days (platform-rules, calendar finding)."""
    off, worked = _holidays()
    return day in worked or (day.weekday() < 5 and day not in off)


@cache
def _nth_working_day(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def after_working_days(start: datetime, count: int) -> datetime:
    """The count-th working day after the start's date in Shanghai, at the start's time of day (row 10.3/25)."""
    local = start.astimezone(SHANGHAI)
    return datetime.combine(_nth_working_day(local.date(), count), local.timetz(), SHANGHAI)
