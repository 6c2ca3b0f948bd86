"""What is known of a year before its working days are announced: its statutory days, by law and by the moon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from rules.calendar_loader import YearDocument
from rules.engine.calendar import ONE_DAY

ESTIMATE = (
    "statutory days by the Regulation on Public Holidays for National Festivals as amended in 2024; "
    "neither spans nor make-up days are announced yet"
)
ORDINARY = "weekends alone; no holidays are announced yet"

YEARS_AFTER = 3
"""How many years a calendar is counted on after its last; no promise is longer than one."""

MOON: Mapping[int, tuple[date, date, date, date]] = MappingProxyType({
    2028: (date(2028, 1, 26), date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 2, 13), date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 2, 3), date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
    2031: (date(2031, 1, 23), date(2031, 4, 5), date(2031, 6, 24), date(2031, 10, 1)),
    2032: (date(2032, 2, 11), date(2032, 4, 4), date(2032, 6, 12), date(2032, 9, 19)),
})  # fmt: skip
"""The first day of the first lunar month, Tomb-Sweeping Day, Dragon Boat and Mid-Autumn Festival of a year in China."""


def estimated_year(before: YearDocument, *, estimated: bool) -> YearDocument:
    """The year after another, provisional; with its statutory days where those are known and asked for."""
    year = before.year + 1
    known = estimated and before.calendar == "cn" and year in MOON
    return replace(
        before, year=year, provisional=True, source=ESTIMATE if known else ORDINARY, make_up={}, own={},
        file=f"{before.calendar}/{year}.yaml", holidays=_observed(year, before.weekend) if known else {},
    )  # fmt: skip


def years_after(last: YearDocument) -> Iterator[YearDocument]:
    """The years that follow a calendar's last one while nobody has added them: weekends alone, provisional.

    A case whose deadline reaches them goes on, and says that it counts by what is not announced. An edition counts
    the same for ever, so these years never learn of holidays: a further edition brings them.
    """
    for year in range(last.year + 1, last.year + 1 + YEARS_AFTER):
        yield replace(last, year=year, provisional=True, source="", holidays={}, make_up={}, own={})


def _observed(year: int, weekend: frozenset[int]) -> dict[date, str]:
    """The statutory days; for one on a weekend the next working day is off instead."""
    days: dict[date, str] = {}
    for day, group in _statutory(year):
        days.setdefault(day, group)
    for day, group in sorted(days.items()):
        if day.isoweekday() in weekend:
            instead = day
            while instead in days or instead.isoweekday() in weekend:
                instead += ONE_DAY
            days[instead] = group
    return dict(sorted(days.items()))


def _statutory(year: int) -> Iterator[tuple[date, str]]:
    spring, tombs, dragon_boat, mid_autumn = MOON[year]
    yield date(year, 1, 1), "new_year"
    yield from ((spring + day * ONE_DAY, "spring_festival") for day in range(-1, 3))
    yield tombs, "tomb_sweeping"
    yield from ((date(year, 5, day), "labour_day") for day in (1, 2))
    yield dragon_boat, "dragon_boat"
    yield from ((date(year, 10, day), "national_day") for day in (1, 2, 3))
    yield mid_autumn, "mid_autumn"
