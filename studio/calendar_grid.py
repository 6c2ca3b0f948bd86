"""A month of a calendar as a grid of weeks, and a year as a table of months."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from rules.calendar_documents import DayMark, marks_of
from rules.calendar_documents import Years as Documents
from rules.calendar_loader import YearDocument
from studio.calendar_words import (
    ICONS,
    SHORT,
    code_of,
    day_in_words,
    days_in_words,
    holiday_name,
    month_in_words,
    runs_of,
)

WORKED = ("worked", "own_worked", "workday")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One day of a month."""

    day: date
    code: str
    """off, worked, own_off, own_worked, weekend or workday."""
    short: str
    """In a word, or nothing for an ordinary working day."""
    name: str
    """The holiday, or what the desk calls the day."""
    words: str
    """The whole of it."""
    icon: str
    provisional: bool
    """Whether the country may still announce something else."""
    changed: bool
    """Whether the draft says something else than its base."""
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """Days in a row of which the same is said."""

    when: str
    words: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGrid:
    """One month."""

    year: int
    month: int
    title: str
    weekdays: tuple[tuple[str, str], ...]
    """Short and whole."""
    weeks: tuple[tuple[DayCell | None, ...], ...]
    """None: a day of another month."""
    working: int
    runs: tuple[RunLine, ...]
    earlier: tuple[int, int] | None
    later: tuple[int, int] | None
    """Year and month of its neighbours, where the calendar has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month in the table of a year."""

    month: int
    title: str
    working: int
    off: int
    runs: tuple[RunLine, ...]


def month_grid(
    years: Documents, year: int, month: int, *, changed: Collection[date] = (), chosen: Collection[date] = ()
) -> MonthGrid:
    """A month of a year the calendar has."""
    document = years[year]
    marks = marks_of(document)
    cells = [
        tuple(
            _cell(document, day, marks.get(day), changed, chosen) if day.month == month else None for day in week
        ) for week in Weeks().monthdatescalendar(year, month)
    ]  # fmt: skip
    return MonthGrid(
        year=year, month=month, title=month_in_words(year, month),
        weekdays=tuple((str(WEEKDAYS_ABBR[at]), str(WEEKDAYS[at])) for at in range(7)), weeks=tuple(cells),
        working=sum(cell.code in WORKED for week in cells for cell in week if cell),
        runs=tuple(_runs(marks, month)), earlier=_neighbour(years, year, month, -1),
        later=_neighbour(years, year, month, 1),
    )  # fmt: skip


def year_rows(document: YearDocument) -> tuple[MonthRow, ...]:
    """The twelve months of a year."""
    years, marks = {document.year: document}, marks_of(document)
    return tuple(_row(month_grid(years, document.year, month), marks) for month in range(1, 13))


def _row(grid: MonthGrid, marks: dict[date, DayMark]) -> MonthRow:
    days = sum(cell is not None for week in grid.weeks for cell in week)
    return MonthRow(
        month=grid.month, title=grid.title, working=grid.working, off=days - grid.working,
        runs=tuple(_runs(marks, grid.month)),
    )  # fmt: skip


def _cell(
    document: YearDocument, day: date, mark: DayMark | None, changed: Collection[date], chosen: Collection[date]
) -> DayCell:  # fmt: skip
    weekend = day.isoweekday() in document.weekend
    code = code_of(mark, weekend=weekend)
    return DayCell(
        day=day, code=code, short=str(SHORT[code]), name=holiday_name(mark) if mark else "",
        words=day_in_words(mark, weekend=weekend), icon=ICONS[code],
        provisional=document.provisional and code in ("off", "worked"), changed=day in changed, chosen=day in chosen,
    )  # fmt: skip


def _runs(marks: dict[date, DayMark], month: int) -> Iterator[RunLine]:
    for days, mark in runs_of({day: mark for day, mark in marks.items() if day.month == month}):
        yield RunLine(
            when=days_in_words(days, with_year=False), words=day_in_words(mark, weekend=False), icon=ICONS[mark.kind]
        )


def _neighbour(years: Documents, year: int, month: int, step: int) -> tuple[int, int] | None:
    place = year * 12 + month - 1 + step
    there = (place // 12, place % 12 + 1)
    return there if there[0] in years else None
