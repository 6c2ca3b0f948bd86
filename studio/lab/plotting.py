"""Deadlines per day before and after, as bars side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from studio.lab.reading import Day

MOST_BARS = 62
"""More days than these are drawn by the week."""
PAIR, BAR, HEIGHT = 24, 9, 120
"""Width of a pair of bars, width of one, and height of the highest, in the drawing's own units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The two bars of one day or week."""

    label: str
    short: str
    """What stands below, where there is room; else empty."""
    before: int
    after: int
    x: int
    before_y: int
    before_height: int
    after_x: int
    after_y: int
    after_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A drawing."""

    width: int
    bars: tuple[Bars, ...]
    weekly: bool
    highest: int


def plot_of(days: Sequence[Day]) -> Plot | None:
    """The drawing; None when there is nothing to draw."""
    if not days:
        return None
    whole = every_day(days)
    weekly = len(whole) > MOST_BARS
    shown = by_week(whole) if weekly else whole
    highest = max(1, *(max(day.before, day.after) for day in shown))
    bars = tuple(_bars(number, day, highest, every=max(2, len(shown) // 12)) for number, day in enumerate(shown))
    return Plot(width=PAIR * len(shown) + 20, bars=bars, weekly=weekly, highest=highest)


def every_day(days: Sequence[Day]) -> list[Day]:
    """The same with the days between on which nothing is due."""
    known = {day.day: day for day in days}
    first, last = date.fromisoformat(days[0].day), date.fromisoformat(days[-1].day)
    names = ((first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1))
    return [known.get(name) or Day(day=name, before=0, after=0) for name in names]


def by_week(days: Sequence[Day]) -> list[Day]:
    """Seven days at a time, named by the first."""
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    return [
        Day(day=week[0].day, before=sum(day.before for day in week), after=sum(day.after for day in week))
        for week in weeks
    ]


def _bars(number: int, day: Day, highest: int, *, every: int) -> Bars:
    before, after = round(HEIGHT * day.before / highest), round(HEIGHT * day.after / highest)
    x = 4 + PAIR * number
    return Bars(
        label=day.day, short=day.day[5:] if number % every == 0 else "", before=day.before, after=day.after, x=x,
        before_y=HEIGHT - before + 8, before_height=before, after_x=x + BAR + 1, after_y=HEIGHT - after + 8,
        after_height=after,
    )  # fmt: skip
