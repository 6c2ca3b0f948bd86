"""Which days are worked. A calendar is data; counting on it costs one look-up, however many days are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from rules.engine.errors import EngineError

WEEKEND = "weekend"
"""Why an ordinary Saturday or Sunday is skipped; every other reason is the code of a holiday group."""

OWN = "own"
"""Why a day is skipped that the desk itself took off, whatever the country does."""

ONE_DAY = timedelta(days=1)


class CalendarError(EngineError, ValueError):
    """The days of a calendar contradict each other."""


class CalendarExhausted(EngineError, LookupError):
    """A day was asked for that lies outside the years the calendar has data for."""

    def __init__(self, calendar: Calendar, day: date | None = None) -> None:
        first_year, last_year = calendar.covers
        wanted = f"a day after {last_year}" if day is None else f"{day}"
        super().__init__(
            f"calendar {calendar.name} edition {calendar.edition} has data for {first_year} to {last_year} only, "
            f"and {wanted} is needed"
        )
        self.calendar_name = calendar.name
        self.edition = calendar.edition
        self.day = day


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedDay:
    """A day that was not counted."""

    day: date
    """The local date in the calendar's zone."""
    why: str
    """The code of the holiday group, `weekend` or `own`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """Every working day of a calendar in order, counted once under one reading of its rules."""

    first: int
    """The ordinal of the calendar's first day."""
    days: tuple[date, ...]
    """The working days, ascending."""
    worked_through: tuple[int, ...]
    """For each day from the first one: how many working days there are up to and including it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days off and the make-up working days of one country, as one edition knows them.

    Two readings can be chosen with every question. `make_up_counts`: whether weekend days that are worked
    instead of a holiday count as working days. `holiday_groups`: the only groups observed, None for all; a
    holiday of another group is then an ordinary day of its week, and so are the make-up days of that group.
    The desk's own days hold under every reading.
    """

    name: str
    """The country or staff whose days these are, such as `cn`."""
    edition: int
    """Counts up from 1; a published edition never changes."""
    zone: str
    """The IANA time zone the days are days of, whatever zone the pack keeps."""
    weekend: frozenset[int]
    """ISO weekdays off by default; 6 is Saturday."""
    holidays: Mapping[date, str] = field(repr=False, hash=False)
    """Days off and the code of the holiday group each belongs to."""
    make_up: Mapping[date, str] = field(repr=False, hash=False)
    """Weekend days that are worked, and the holiday group each makes up for."""
    provisional_years: frozenset[int]
    """Years whose days have not been announced yet."""
    covers: tuple[int, int]
    """The first and the last year with data."""
    own: Mapping[date, bool] = field(default_factory=dict, repr=False, hash=False)
    """The desk's own days, whatever the country does: True where it works, False where it does not."""
    _counted: dict[tuple[bool, frozenset[str] | None], WorkingDays] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The index of each reading asked for so far."""

    def __post_init__(self) -> None:
        """Freeze the days, so that no index can differ from them, and refuse contradictions."""
        object.__setattr__(self, "holidays", MappingProxyType(dict(self.holidays)))
        object.__setattr__(self, "make_up", MappingProxyType(dict(self.make_up)))
        object.__setattr__(self, "own", MappingProxyType(dict(self.own)))
        for day in self.make_up:
            if day in self.holidays:
                raise CalendarError(f"{day} is a day off and a make-up day at once")
            if day.isoweekday() not in self.weekend:
                raise CalendarError(f"{day} makes up for a holiday but is no weekend day")
        for day in self.own:
            if day in self.holidays or day in self.make_up:
                raise CalendarError(f"{day} is the desk's own day and the country's at once")
        for day in (*self.holidays, *self.make_up, *self.own):
            if not self.covers[0] <= day.year <= self.covers[1]:
                raise CalendarError(f"{day} is outside the years {self.covers[0]} to {self.covers[1]}")

    def is_working_day(
        self, day: date, *, make_up_counts: bool = True, holiday_groups: frozenset[str] | None = None
    ) -> bool:
        """Whether the day is worked. Raises `CalendarExhausted` outside the covered years."""
        return self.why_off(day, make_up_counts=make_up_counts, holiday_groups=holiday_groups) is None

    def why_off(
        self, day: date, *, make_up_counts: bool = True, holiday_groups: frozenset[str] | None = None
    ) -> str | None:
        """The holiday group, `weekend` or `own` that makes the day a day off; None for a working day."""
        if not self.covers[0] <= day.year <= self.covers[1]:
            raise CalendarExhausted(self, day)
        worked = self.own.get(day)
        if worked is not None:
            return None if worked else OWN
        group = self.holidays.get(day)
        if group is not None and _observed(group, holiday_groups):
            return group
        if day.isoweekday() not in self.weekend:
            return None
        made_up_for = self.make_up.get(day) if make_up_counts else None
        return None if made_up_for is not None and _observed(made_up_for, holiday_groups) else WEEKEND

    def add_working_days(
        self,
        start_day: date,
        count: int,
        *,
        make_up_counts: bool = True,
        holiday_groups: frozenset[str] | None = None,
    ) -> date:
        """The count-th working day after `start_day`, which itself is never counted; 0 is `start_day` itself.

        Raises `CalendarExhausted` when either day is outside the covered years.
        """
        if count < 0:
            raise ValueError(f"working days are counted forward, not {count}")
        index = self._counted.get((make_up_counts, holiday_groups)) or self._count(make_up_counts, holiday_groups)
        position = start_day.toordinal() - index.first
        if not 0 <= position < len(index.worked_through):
            raise CalendarExhausted(self, start_day)
        if count == 0:
            return start_day
        wanted = index.worked_through[position] + count - 1
        if wanted >= len(index.days):
            raise CalendarExhausted(self)
        return index.days[wanted]

    def skipped_days(
        self,
        start_day: date,
        end_day: date,
        *,
        make_up_counts: bool = True,
        holiday_groups: frozenset[str] | None = None,
    ) -> tuple[SkippedDay, ...]:
        """The days off after `start_day`, up to and including `end_day`."""
        reasons = (
            (day, self.why_off(day, make_up_counts=make_up_counts, holiday_groups=holiday_groups))
            for day in days_between(start_day + ONE_DAY, end_day)
        )
        return tuple(SkippedDay(day=day, why=why) for day, why in reasons if why is not None)

    def _count(self, make_up_counts: bool, holiday_groups: frozenset[str] | None) -> WorkingDays:
        """Count every working day once and keep the result."""
        first, last = date(self.covers[0], 1, 1), date(self.covers[1], 12, 31)
        days: list[date] = []
        worked_through: list[int] = []
        for day in days_between(first, last):
            if self.is_working_day(day, make_up_counts=make_up_counts, holiday_groups=holiday_groups):
                days.append(day)
            worked_through.append(len(days))
        index = WorkingDays(first=first.toordinal(), days=tuple(days), worked_through=tuple(worked_through))
        self._counted[make_up_counts, holiday_groups] = index
        return index


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    return (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1))


def _observed(group: str, holiday_groups: frozenset[str] | None) -> bool:
    return holiday_groups is None or group in holiday_groups
