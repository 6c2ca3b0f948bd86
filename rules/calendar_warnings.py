"""How far working days reach, and from when on they reach a year nobody has announced, or the end of a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules.calendar_editions import countries, edition_of
from rules.engine.calendar import ONE_DAY, Calendar, CalendarExhausted
from rules.engine.clock import due_at
from rules.engine.lengths import WORKING, Length
from rules.engine.policy import DeadlineRule
from rules.selectors import calendar_edition, packs_in_force

AHEAD = timedelta(days=120)
"""How long before it is reached administrators are told: the notice for a year appears in November or so."""


class WarningKind(StrEnum):
    """What a deadline would run into."""

    PROVISIONAL = "provisional"
    """A year whose days off are not announced."""
    ENDING = "ending"
    """The end of the calendar: in the year after it weekends alone are off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWarning:
    """Something an administrator has to do about a calendar in time."""

    country: str
    kind: WarningKind
    year: int
    """The year that is not announced, or that the calendar lacks."""
    reached_from: date
    """A deadline that begins on this day, or later, can reach that year; today where it does already."""
    days_left: int
    """Until then; 0 where it does already."""
    pack: str
    """Whose deadline reaches furthest."""
    length: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A length of working time that rules in force use."""

    pack: str
    length: Length


def all_warnings(now: datetime) -> tuple[CalendarWarning, ...]:
    """Of every calendar."""
    return tuple(warning for country in countries() for warning in warnings_of(country, now))


def warnings_of(country: str, now: datetime, *, ahead: timedelta = AHEAD) -> tuple[CalendarWarning, ...]:
    """What has to be done about the newest edition of a calendar within this time, the nearest first."""
    newest = edition_of(country)
    calendar = calendar_edition(newest.id)
    today = now.astimezone(ZoneInfo(calendar.zone)).date()
    unannounced = min((year for year in newest.provisional_years if year >= today.year), default=None)
    found = [
        _first(calendar, today, ahead, year, kind)
        for year, kind in ((unannounced, WarningKind.PROVISIONAL), (newest.covers[1] + 1, WarningKind.ENDING))
        if year is not None
    ]
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.days_left))


def working_lengths(rule: DeadlineRule) -> Iterator[Length]:
    """The lengths of working time a deadline may have."""
    for term in rule.terms:
        yield from (length for length in (term.length, term.maximum) if length and length.unit in WORKING)
    if rule.cut_length and rule.cut_length.unit in WORKING:
        yield rule.cut_length


def reaches(country: str) -> tuple[Reach, ...]:
    """Every length of working time the packs in force count by a calendar, each once."""
    found = {
        length: Reach(pack=version.pack, length=length)
        for version in packs_in_force() if version.policy.calendar == country
        for rule in version.policy.deadlines.values() for length in working_lengths(rule)
    }  # fmt: skip
    return tuple(found.values())


def _first(
    calendar: Calendar, today: date, ahead: timedelta, year: int, kind: WarningKind
) -> CalendarWarning | None:  # fmt: skip
    """The warning for the first day, from today on, on which a deadline that begins reaches a year."""
    lengths = reaches(calendar.name)
    for days in range(ahead.days + 1):
        day = today + days * ONE_DAY
        for reach in lengths:
            if _year_reached(calendar, day, reach.length) >= year:
                return CalendarWarning(
                    country=calendar.name, kind=kind, year=year, reached_from=day, days_left=days, pack=reach.pack,
                    length=reach.length,
                )  # fmt: skip
    return None


def _year_reached(calendar: Calendar, day: date, length: Length) -> int:
    """The year in which a length that begins at noon of a day ends; the last one known where it ends later."""
    start = datetime.combine(day, time(12), ZoneInfo(calendar.zone))
    try:
        due = due_at(start, length, zone=calendar.zone, calendar=calendar)
    except CalendarExhausted:
        return calendar.covers[1]
    return due.astimezone(ZoneInfo(calendar.zone)).year
