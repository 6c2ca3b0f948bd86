"""What falls due soon, counted by the database in pieces of time and by what happens then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

KINDS: Final = ("auto", "window", "gate", "target")
"""What can happen to a deadline, the gravest first; reminders change nothing and are left out."""
HOUR: Final = timedelta(hours=1)
PIECE: Final = timedelta(minutes=5)
"""Of the next hour."""
DAY: Final = timedelta(hours=24)
DUE = """
SELECT floor(extract(epoch FROM d.wakes_at - now.begin) / 3600)::int,
    CASE WHEN d.wakes_at <= now.at + interval '1 hour'
        THEN floor(extract(epoch FROM d.wakes_at - now.begin) / 300)::int END,
    d.kind, count(*)
FROM disputes_deadline d, (SELECT %(at)s::timestamptz AS at, %(begin)s::timestamptz AS begin OFFSET 0) now
WHERE d.status = 'pending' AND d.wakes_at > now.at AND d.wakes_at <= now.at + interval '24 hours' AND d.kind <> 'notice'
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Deadlines that fall due in one piece of time."""

    since: datetime
    until: datetime
    """Left out itself."""
    counts: tuple[int, ...]
    """In the order of KINDS."""

    @property
    def count(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSoon:
    """The next hour in pieces of five minutes, and the next day by the hour; whole hours and pieces of the clock."""

    at: datetime
    hour: tuple[Bucket, ...]
    day: tuple[Bucket, ...]

    @property
    def in_hour(self) -> int:
        return sum(bucket.count for bucket in self.hour)

    @property
    def in_day(self) -> int:
        return sum(bucket.count for bucket in self.day)


def due_soon(at: datetime) -> DueSoon:
    """Counted from a moment on, in one statement; hours begin as in the zone that `at` is given in."""
    begin = at.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "begin": begin})
        rows = cursor.fetchall()
    by_hour = [(hour, kind, count) for hour, _piece, kind, count in rows]
    by_piece = [(piece, kind, count) for _hour, piece, kind, count in rows if piece is not None]
    return DueSoon(at=at, hour=_buckets(by_piece, begin, at, HOUR, PIECE), day=_buckets(by_hour, begin, at, DAY, HOUR))


def _buckets(
    rows: Iterable[tuple[int, str, int]], begin: datetime, at: datetime, span: timedelta, piece: timedelta
) -> tuple[Bucket, ...]:
    """Every piece between a moment and the end of the span, those in which nothing is due too."""
    first, last = (at - begin) // piece, (at + span - begin) // piece
    counts = {number: dict.fromkeys(KINDS, 0) for number in range(first, last + 1)}
    for number, kind, count in rows:
        counts[number][kind] += count
    return tuple(
        Bucket(since=begin + number * piece, until=begin + (number + 1) * piece, counts=tuple(told.values()))
        for number, told in counts.items()
    )
