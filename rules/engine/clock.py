"""When things end. No clock is read here: every moment comes in as an argument.

Moments are aware and go out in UTC. Elapsed units are added in UTC; calendar units are reckoned on the wall
clock of a zone, working time in the zone the calendar carries. Sources: platform-rules F1, F4, F7, item 25.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.engine.calendar import ONE_DAY, Calendar, SkippedDay, days_between
from rules.engine.errors import EngineError
from rules.engine.lengths import (
    BUSINESS,
    BUSINESS_WINDOW,
    ELAPSED,
    WORKING,
    Length,
    LengthError,
    Unit,
    parse_length,
)

__all__ = [
    "CalendarMissing",
    "ClockChange",
    "Length",
    "LengthError",
    "TimeExplanation",
    "Unit",
    "at_wall_clock",
    "clock_changes",
    "due_at",
    "explain",
    "in_utc",
    "next_midnight",
    "no_later_than",
    "parse_length",
    "resume",
]


class CalendarMissing(EngineError, ValueError):
    """Working time was asked for without a calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """One change of the clocks, such as the beginning of summer time."""

    at: datetime
    """The first moment of the new time, in UTC."""
    before: timedelta
    """The offset from UTC until then."""
    after: timedelta
    """The offset from UTC from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeExplanation:
    """Why a length ends when it ends."""

    length: Length
    zone: str
    """The zone whose wall clock is shown and, but for elapsed units, decided."""
    start_local: datetime
    due_local: datetime
    due_at: datetime
    """In UTC."""
    calendar: tuple[str, int] | None
    """Name and edition of the calendar, where working time is counted."""
    skipped: tuple[SkippedDay, ...]
    """Days off between start and due time, with the reason for each."""
    make_up_days: tuple[date, ...]
    """Weekend days that were counted as working days."""
    provisional_years: tuple[int, ...]
    """Years touched whose days off are not announced yet."""
    clock_changes: tuple[ClockChange, ...]
    """Changes of the clocks between start and due time."""


def due_at(start: datetime, length: Length, *, zone: str, calendar: Calendar | None) -> datetime:
    """When a length that begins at `start` ends, in UTC.

    `zone` is the pack's and serves calendar and ordinal days; working time uses the calendar's own.
    Raises `CalendarMissing` for working time without a calendar, `CalendarExhausted` where its data end.
    """
    start = in_utc(start)
    elapsed = ELAPSED.get(length.unit)
    if elapsed is not None:
        return start + length.amount * elapsed
    if length.unit in WORKING:
        return _working_time_due(start, length, _required(calendar, length))
    local_day = start.astimezone(ZoneInfo(zone)).date()
    days = length.amount + 1 if length.unit is Unit.CALENDAR_DAYS else length.amount - 1
    return at_wall_clock(local_day + timedelta(days=days), time(), zone)


def next_midnight(moment: datetime, zone: str) -> datetime:
    """The beginning of the day after the moment's local date, in UTC; at midnight itself, a whole day later."""
    local_day = in_utc(moment).astimezone(ZoneInfo(zone)).date()
    return at_wall_clock(local_day + ONE_DAY, time(), zone)


def no_later_than(
    due: datetime, event_at: datetime, length: Length, *, zone: str, calendar: Calendar | None
) -> datetime:
    """A running due time, shortened by an event so that no more than `length` is left after it."""
    return min(in_utc(due), due_at(event_at, length, zone=zone, calendar=calendar))


def resume(
    due: datetime,
    start: datetime,
    length: Length,
    paused_at: datetime,
    resumed_at: datetime,
    *,
    zone: str,
    calendar: Calendar | None,
) -> datetime:
    """The due time of a deadline that stood still from `paused_at` to `resumed_at`, in UTC.

    Elapsed units move by the time paused; calendar units are reckoned anew from a start moved by it, but never
    to an earlier moment (a start moved onto a day off can be due earlier on the same day). A due time that is
    not the length's own (stated by a platform, extended, paused before) moves by the time paused, because
    nothing is known by which it could be reckoned. Raises `ValueError` for a pause that ends before it begins.
    """
    paused = in_utc(resumed_at) - in_utc(paused_at)
    if paused < timedelta():
        raise ValueError(f"a pause from {paused_at} cannot end at {resumed_at}")
    due = in_utc(due)
    if length.unit in ELAPSED or due_at(start, length, zone=zone, calendar=calendar) != due:
        return due + paused
    return max(due, due_at(start + paused, length, zone=zone, calendar=calendar))


def explain(start: datetime, length: Length, *, zone: str, calendar: Calendar | None) -> TimeExplanation:
    """Everything that made `due_at` answer as it does. Raises what `due_at` raises."""
    due = due_at(start, length, zone=zone, calendar=calendar)
    working = _required(calendar, length) if length.unit in WORKING else None
    shown_in = working.zone if working else zone
    start_local, due_local = (moment.astimezone(ZoneInfo(shown_in)) for moment in (in_utc(start), due))
    return TimeExplanation(
        length=length,
        zone=shown_in,
        start_local=start_local,
        due_local=due_local,
        due_at=due,
        calendar=(working.name, working.edition) if working else None,
        skipped=_skipped(start_local.date(), due_local.date(), length, working) if working else (),
        make_up_days=_made_up(start_local.date(), due_local.date(), length, working) if working else (),
        provisional_years=_provisional(start_local.year, due_local.year, working) if working else (),
        clock_changes=tuple(clock_changes(in_utc(start), due, shown_in)),
    )


def at_wall_clock(day: date, wall_clock: time, zone: str) -> datetime:
    """The moment, in UTC, at which clocks of the zone show this time on this day.

    A time that clocks jump over is moved forward by the length of the jump; of a time shown twice the first
    counts. Both are what `fold=0` means.
    """
    return datetime.combine(day, wall_clock.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises `ValueError` for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def _required(calendar: Calendar | None, length: Length) -> Calendar:
    if calendar is None:
        raise CalendarMissing(f"{length} needs a calendar of working days")
    return calendar


def _working_time_due(start: datetime, length: Length, calendar: Calendar) -> datetime:
    if length.amount == 0:
        return start
    if length.unit is Unit.WORKING_DAYS:
        local = start.astimezone(ZoneInfo(calendar.zone))
        return at_wall_clock(
            _working_day_after(local.date(), length, calendar, length.amount), local.time(), calendar.zone
        )
    return _business_time_due(start, length, calendar)


def _business_time_due(start: datetime, length: Length, calendar: Calendar) -> datetime:
    """Use up the open hours, one working day after the other; a length may end exactly at closing time."""
    opens, closes = length.window or BUSINESS_WINDOW
    remaining = length.amount * BUSINESS[length.unit]
    local_day = start.astimezone(ZoneInfo(calendar.zone)).date()
    day = _working_day_after(local_day - ONE_DAY, length, calendar)
    while True:
        begin = max(start, at_wall_clock(day, opens, calendar.zone))
        available = max(at_wall_clock(day, closes, calendar.zone) - begin, timedelta())
        if remaining <= available:
            return begin + remaining
        remaining -= available
        day = _working_day_after(day, length, calendar)


def _working_day_after(day: date, length: Length, calendar: Calendar, count: int = 1) -> date:
    return calendar.add_working_days(
        day, count, make_up_counts=length.make_up_counts, holiday_groups=length.holiday_groups
    )


def _first_day_counted(start_day: date, length: Length) -> date:
    """Working days begin to count on the day after the start, business hours on its own day."""
    return start_day if length.unit in BUSINESS else start_day + ONE_DAY


def _skipped(start_day: date, due_day: date, length: Length, calendar: Calendar) -> tuple[SkippedDay, ...]:
    return calendar.skipped_days(
        _first_day_counted(start_day, length) - ONE_DAY,
        due_day,
        make_up_counts=length.make_up_counts,
        holiday_groups=length.holiday_groups,
    )


def _made_up(start_day: date, due_day: date, length: Length, calendar: Calendar) -> tuple[date, ...]:
    return tuple(
        day
        for day in days_between(_first_day_counted(start_day, length), due_day)
        if (day in calendar.make_up or (day in calendar.own and day.isoweekday() in calendar.weekend))
        and calendar.is_working_day(day, make_up_counts=length.make_up_counts, holiday_groups=length.holiday_groups)
    )


def _provisional(start_year: int, due_year: int, calendar: Calendar) -> tuple[int, ...]:
    return tuple(year for year in range(start_year, due_year + 1) if year in calendar.provisional_years)


def clock_changes(start: datetime, due: datetime, zone: str) -> Iterator[ClockChange]:
    """When the clocks of a zone change between two moments in UTC.

    The offset is looked at once a day, and the second at which it changed closed in on.
    """
    zone_info = ZoneInfo(zone)
    while start < due:
        later = min(start + ONE_DAY, due)
        before, after = _offset(start, zone_info), _offset(later, zone_info)
        if before != after:
            yield ClockChange(at=_moment_of_change(start, later, zone_info), before=before, after=after)
        start = later


def _moment_of_change(early: datetime, late: datetime, zone_info: ZoneInfo) -> datetime:
    """The first whole second at which the offset is already that of `late`."""
    low, high = int(early.timestamp()), int(late.timestamp())
    new_offset = _offset(late, zone_info)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone_info) == new_offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(moment: datetime, zone_info: ZoneInfo) -> timedelta:
    return moment.astimezone(zone_info).utcoffset() or timedelta()
