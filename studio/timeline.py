"""Examples drawn on a real time line: days, weekends, holidays, and the hour the clocks change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from contract.moments import local_moment, moment_in_words
from disputes.labels import times
from rules.engine.calendar import WEEKEND, Calendar, CalendarExhausted
from rules.engine.clock import ClockChange
from studio.diagram import wrapped
from studio.examples import Example

WIDTH, SIDE, HEAD, ROW, FOOT = 720, 20, 46, 62, 40
LETTERS = 92
"""Latin letters that fit the width."""
LEAST_DAYS = 4
NUMBERED, NAMED = 20, 7
"""Points a day needs for its number; letters for a name below it."""
MOST_WEEKENDS = 300
"""Of longer stretches only the holidays are drawn."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMark:
    """One day of the axis."""

    x: int
    width: int
    number: str
    """Empty where there is no room."""
    kind: str
    """`weekend`, `holiday`, `make_up`, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words at a place: a month, a holiday, a change of the clocks."""

    x: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch of time."""

    y: int
    words: tuple[tuple[int, str], ...]
    """Each line above it with its height."""
    counted: tuple[tuple[int, int], ...]
    """Where it counts: left edge and width of each piece."""
    start: int
    end: int
    target: int | None
    old: bool
    """Whether it is what was promised until now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything a template needs to draw examples on one axis."""

    title: str
    description: str
    width: int
    height: int
    top: int
    bottom: int
    days: tuple[DayMark, ...]
    months: tuple[Note, ...]
    holidays: tuple[Note, ...]
    clocks: tuple[Note, ...]
    bars: tuple[Bar, ...]

    @property
    def column(self) -> int:
        """How high a day is."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time with what it is called."""

    name: str
    start: datetime
    anchor: datetime
    """Where counting begins."""
    due: datetime
    mark: datetime | None
    """A target, or a moment that was promised."""
    zone: str
    uncounted: tuple[date, ...] = ()
    """Days off that were skipped."""
    clock_changes: tuple[ClockChange, ...] = ()
    old: bool = False


def stretch_of(example: Example, name: str, *, old: bool = False) -> Stretch:
    """A worked example, to be drawn."""
    return Stretch(
        name=name, start=example.start, anchor=example.anchor, due=example.due, mark=example.target,
        zone=example.shown_in, uncounted=example.uncounted, clock_changes=example.clock_changes, old=old,
    )  # fmt: skip


def timeline_of(stretches: Sequence[Stretch], calendar: Calendar) -> Timeline | None:
    """Examples one below the other on the days they touch; None where there is none."""
    if not stretches:
        return None
    axis = _Axis(stretches)
    height = HEAD + ROW * len(stretches) + FOOT
    days = tuple(_days(axis, calendar))
    return Timeline(
        title=_("A worked example on the time line"), width=WIDTH, height=height, top=HEAD - 10, bottom=height - FOOT,
        description="; ".join(_said(stretch) for stretch in stretches), days=days, months=tuple(_months(axis)),
        holidays=tuple(_holidays(axis, calendar)), clocks=tuple(_clocks(axis, stretches)),
        bars=tuple(_bar(axis, stretch, HEAD + ROW * row) for row, stretch in enumerate(stretches)),
    )  # fmt: skip


class _Axis:
    """Days from the first start to the last end, each as wide as the others, on the wall clock of a zone."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.zone = stretches[0].zone
        moments = [moment for each in stretches for moment in (each.start, each.due, each.mark) if moment]
        self.first = self.local(min(moments)).date()
        last = self.local(max(moments)).date()
        self.count = max((last - self.first).days + 1, LEAST_DAYS)
        self.day_width = (WIDTH - 2 * SIDE) / self.count

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def x_of_day(self, day: date) -> int:
        return round(SIDE + (day - self.first).days * self.day_width)

    def x(self, moment: datetime) -> int:
        local = self.local(moment)
        share = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second) / DAY
        return round(SIDE + ((local.date() - self.first).days + share) * self.day_width)

    def days(self) -> Iterator[date]:
        return (self.first + position * DAY for position in range(self.count))


def _days(axis: _Axis, calendar: Calendar) -> Iterator[DayMark]:
    for day in axis.days():
        kind, left = _kind(day, calendar), axis.x_of_day(day)
        if kind == "weekend" and axis.count > MOST_WEEKENDS:
            kind = ""
        roomy = axis.day_width >= NUMBERED or (day.isoweekday() == 1 and axis.day_width * 7 >= NUMBERED)
        yield DayMark(
            x=left, width=axis.x_of_day(day + DAY) - left, kind=kind, number=str(day.day) if roomy else ""
        )


def _why_off(day: date, calendar: Calendar) -> str:
    try:
        return calendar.why_off(day) or ""
    except CalendarExhausted:
        return ""


def _kind(day: date, calendar: Calendar) -> str:
    why = _why_off(day, calendar)
    if why:
        return "weekend" if why == WEEKEND else "holiday"
    return "make_up" if day in calendar.make_up else ""


def _months(axis: _Axis) -> Iterator[Note]:
    for day in axis.days():
        months_left = (axis.first.replace(day=28) + 7 * DAY).replace(day=1)
        crowded = day == axis.first and (months_left - day).days * axis.day_width < NAMED * 14
        if (day.day == 1 or day == axis.first) and not crowded:
            yield Note(x=axis.x_of_day(day) + 2, text=str(formats.date_format(day, "YEAR_MONTH_FORMAT")))


def _holidays(axis: _Axis, calendar: Calendar) -> Iterator[Note]:
    """The name of each holiday below the middle of its days."""
    for why, days in groupby(axis.days(), lambda day: _why_off(day, calendar)):
        run = list(days)
        if why not in ("", WEEKEND):
            middle = (axis.x_of_day(run[0]) + axis.x_of_day(run[-1] + DAY)) // 2
            yield Note(x=min(max(middle, SIDE + 40), WIDTH - SIDE - 40), text=times.day_off(why))


def _clocks(axis: _Axis, stretches: Sequence[Stretch]) -> Iterator[Note]:
    found = {change.at: change for each in stretches for change in each.clock_changes}
    for moment, change in sorted(found.items()):
        hours = (change.after - change.before) / timedelta(hours=1)
        yield Note(x=axis.x(moment), text=_("clocks change by %(hours)s h") % {"hours": f"{hours:+g}"})


def _bar(axis: _Axis, stretch: Stretch, top: int) -> Bar:
    lines = wrapped(_said(stretch), LETTERS)[:2]
    return Bar(
        y=top + 38, words=tuple((top + 12 + 17 * position, line) for position, line in enumerate(lines)),
        counted=tuple(_counted(axis, stretch)), start=axis.x(stretch.anchor), end=axis.x(stretch.due),
        target=axis.x(stretch.mark) if stretch.mark else None, old=stretch.old,
    )  # fmt: skip


def _counted(axis: _Axis, stretch: Stretch) -> Iterator[tuple[int, int]]:
    """The stretch without the days off that were skipped."""
    off, start, end = set(stretch.uncounted), axis.x(stretch.anchor), axis.x(stretch.due)
    for skipped, days in groupby(axis.days(), lambda day: day in off):
        run = list(days)
        left, right = max(start, axis.x_of_day(run[0])), min(end, axis.x_of_day(run[-1] + DAY))
        if not skipped and right > left:
            yield left, right - left


def _said(stretch: Stretch) -> str:
    told = {
        "name": stretch.name, "start": _moment(stretch.start, stretch.zone), "due": _moment(stretch.due, stretch.zone)
    }
    return _("%(name)s: %(start)s → %(due)s") % told if stretch.name else _("%(start)s → %(due)s") % told


def _moment(moment: datetime, zone: str) -> str:
    return moment_in_words(local_moment(moment, zone), now=None, with_zone=False)
