"""Whether deadlines are met: judged by what the database shows, not by which processes run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

LATEST: Final = 60.0
"""Seconds a case may be overdue, and a sweep away while one is."""

OVERDUE = """
SELECT coalesce(extract(epoch FROM (SELECT gongduan_clock()) - min(wake_at)), 0) FROM disputes_case
WHERE wake_at IS NOT NULL AND wake_at <= (SELECT gongduan_clock())
"""
SWEEPERS = """
SELECT sweeper, extract(epoch FROM (SELECT gongduan_clock()) - last_at), cases_moved, hints_repaired
FROM disputes_sweeprecord ORDER BY sweeper
"""
COUNTS = """
SELECT (SELECT count(*) FROM (SELECT FROM disputes_pendingrelay LIMIT 100001) r),
    (SELECT count(*) FROM disputes_stuckcase),
    (SELECT coalesce(array_agg(platform || '.' || kind ORDER BY platform, kind), '{}') FROM disputes_feed
        WHERE stale_since IS NOT NULL)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """One sweeper's last sign of life."""

    name: str
    seconds_ago: float
    cases_moved: int
    hints_repaired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the house is behind its deadlines."""

    overdue: float
    """Seconds since the earliest wake time that has passed; 0 when nothing is due."""
    sweepers: tuple[Sweeper, ...]
    relay_backlog: int
    """Events nobody was told about yet, counted to 100,001."""
    stuck: int
    stale_feeds: tuple[str, ...]
    """Feeds for which automatic outcomes wait, by platform and kind: `taobao.orders`."""

    @property
    def late(self) -> bool:
        """Whether cases are overdue for longer than LATEST, or nobody swept for as long while something is due."""
        asleep = all(sweeper.seconds_ago > LATEST for sweeper in self.sweepers if sweeper.name != "repair")
        return self.overdue > LATEST or (self.overdue > 0 and asleep)


def progress() -> Progress:
    """How it stands now. Raises DatabaseError when the database is away."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE)
        (overdue,) = cursor.fetchone()
        cursor.execute(SWEEPERS)
        sweepers = cursor.fetchall()
        cursor.execute(COUNTS)
        relay, stuck, stale = cursor.fetchone()
    return Progress(
        overdue=float(overdue), relay_backlog=relay, stuck=stuck, stale_feeds=tuple(stale),
        sweepers=tuple(
            Sweeper(name=name, seconds_ago=float(ago), cases_moved=moved, hints_repaired=repaired)
            for name, ago, moved, repaired in sweepers
        ),
    )  # fmt: skip
