"""What falls due soon, drawn: a bar for each piece of time, stacked by what happens then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contract.moments import local_moment
from disputes.labels.words import KINDS as WORDS
from disputes.labels.words import name_of
from disputes.selectors.due_soon import KINDS, Bucket

HEIGHT, TOP = 100, 16
"""Of the drawing in its own units; above the highest bar there is room for its number."""
MARKED = {"window": "lines", "target": "dots"}
"""Patterns over a colour, so that neighbours differ without colours too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One kind within a bar."""

    kind: str
    mark: str
    y: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One piece of time."""

    x: int
    width: int
    middle: int
    top: int
    """Where its number stands."""
    count: int
    counts: tuple[int, ...]
    since: str
    until: str
    short: str
    """What stands below; empty where there is no room."""
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePlot:
    """A drawing with its title, which says what is to be seen."""

    name: str
    width: int
    title: str
    kinds: tuple[tuple[str, str, str], ...]
    """Code, words and pattern of each kind."""
    bars: tuple[Bar, ...]
    count: int


def hour_plot(buckets: Sequence[Bucket]) -> DuePlot:
    """The next hour in pieces of five minutes."""
    count = sum(bucket.count for bucket in buckets)
    said = ngettext(
        "%(count)d deadline falls due in the next hour", "%(count)d deadlines fall due in the next hour", count
    )
    return _plot("due-hour", said if count else _("Nothing falls due in the next hour"), buckets, width=325, every=3)


def day_plot(buckets: Sequence[Bucket]) -> DuePlot:
    """The next day by the hour."""
    count = sum(bucket.count for bucket in buckets)
    said = ngettext(
        "%(count)d deadline falls due in the next 24 hours", "%(count)d deadlines fall due in the next 24 hours", count
    )
    return _plot("due-day", said if count else _("Nothing falls due in the next 24 hours"), buckets, width=720, every=3)


def _plot(name: str, said: str, buckets: Sequence[Bucket], *, width: int, every: int) -> DuePlot:
    highest, count = max(buckets, key=lambda bucket: bucket.count), sum(bucket.count for bucket in buckets)
    title = said % {"count": count} if count else said
    if count > 1:
        title = _("%(said)s, most between %(since)s and %(until)s (%(most)d)") % {
            "said": title, "since": _clock(highest.since), "until": _clock(highest.until), "most": highest.count,
        }  # fmt: skip
    step = width // len(buckets)
    named = range(0, len(buckets) - 1, every)
    bars = (_bar(n, bucket, step, max(highest.count, 1), named=n in named) for n, bucket in enumerate(buckets))
    kinds = tuple((kind, name_of(WORDS, kind), MARKED.get(kind, "")) for kind in KINDS)
    return DuePlot(name=name, width=width, title=title, kinds=kinds, bars=tuple(bars), count=count)


def _bar(number: int, bucket: Bucket, step: int, highest: int, *, named: bool) -> Bar:
    ends = [TOP + HEIGHT - _height(total, highest) for total in accumulate(bucket.counts, initial=0)]
    segments = tuple(
        Segment(kind=kind, mark=MARKED.get(kind, ""), y=upper, height=lower - upper)
        for kind, lower, upper in zip(KINDS, ends, ends[1:], strict=False) if lower > upper
    )  # fmt: skip
    return Bar(
        x=number * step + 2, width=step - 4, middle=number * step + step // 2, top=ends[-1] - 4, count=bucket.count,
        counts=bucket.counts, since=_clock(bucket.since), until=_clock(bucket.until),
        short=_clock(bucket.since) if named else "", segments=segments,
    )  # fmt: skip


def _height(count: int, highest: int) -> int:
    """At least two units for what is there at all."""
    return max(2, round(HEIGHT * count / highest)) if count else 0


def _clock(moment: datetime) -> str:
    return f"{local_moment(moment, None):%H:%M}"
