"""Whole histories of many cases, a batch at a time: raw rows, no models, as flat in memory as one batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from django.db import connection

from disputes.snapshot import EventRow, step_from
from rules.engine.calendar import Calendar
from rules.engine.events import Step
from rules.engine.pins import Pin, first_pin
from rules.engine.records import record
from rules.selectors import calendar_edition

CASES = """
SELECT id, number, platform, pack, policy_id, calendar_id, currency FROM disputes_case
WHERE id > %(after)s AND id <= %(last)s{conditions}
ORDER BY id LIMIT %(limit)s
"""
EVENTS = """
SELECT case_id, sequence, kind, at, recorded_at, party, actor_id, via, rule, material, stage, outcome, facts::text
FROM disputes_caseevent WHERE case_id = ANY(%s) AND (recorded_at <= %s OR kind = 'migrated') ORDER BY case_id, sequence
"""
"""A later migration is read too: it tells what a case ran under at that moment, which its row no longer does."""
COUNT = "SELECT count(*), coalesce(max(id), 0) FROM disputes_case WHERE true{conditions}"


@record
class Chosen:
    """Which cases; empty means all."""

    platforms: tuple[str, ...] = ()
    pack: str = ""
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    """Left out itself."""
    status: str = ""
    """open, closed or empty."""


@record
class History:
    """One case with everything that was recorded of it until a moment."""

    id: int
    number: str
    platform: str
    pack: str
    policy_id: int
    calendar_id: int
    currency: str
    steps: tuple[Step, ...]
    """None of them where the rows cannot be read; see `unreadable`."""
    unreadable: str = ""

    @property
    def calendar(self) -> Calendar:
        return calendar_edition(self.calendar_id)

    @property
    def pin(self) -> Pin:
        """What the case ran under at that moment: as its row says, or as the first migration after it does."""
        return Pin(policy=self.policy_id, calendar=self.calendar_id)


def count_of(chosen: Chosen) -> tuple[int, int]:
    """How many cases there are now, and the last one's id."""
    conditions, values = _conditions(chosen)
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(conditions=conditions), values)
        count, last = cursor.fetchone()
    return count, last


def histories(chosen: Chosen, *, after: int, last: int, limit: int, until: datetime) -> tuple[History, ...]:
    """The next cases by their ids, after one and up to another, each with its journal as it was at a moment."""
    conditions, values = _conditions(chosen)
    with connection.cursor() as cursor:
        cursor.execute(CASES.format(conditions=conditions), {**values, "after": after, "last": last, "limit": limit})
        cases = cursor.fetchall()
        cursor.execute(EVENTS, [[case[0] for case in cases], until])
        rows = cursor.fetchall()
    told = orjson.loads(b"[%b]" % ",".join([row[-1] for row in rows]).encode())
    events = {
        case_id: [(row, facts) for row, facts in group]
        for case_id, group in groupby(zip(rows, told, strict=True), key=lambda pair: pair[0][0])
    }
    return tuple(_history(case, events.get(case[0], []), until) for case in cases)


def _history(case: Sequence[Any], events: list[tuple[Sequence[Any], Any]], until: datetime) -> History:
    id, number, platform, pack, policy_id, calendar_id, currency = case
    pin = Pin(policy=policy_id, calendar=calendar_id)
    try:
        told = [step_from(_row(row, facts)) for row, facts in events]
        steps = tuple([step for step in told if step.recorded_at <= until])
        pin, unreadable = first_pin(told[len(steps) :], pin), ""
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # whatever somebody wrote into a journal
        steps, unreadable = (), repr(error)
    return History(
        id=id, number=number, platform=platform, pack=pack, policy_id=pin.policy, calendar_id=pin.calendar,
        currency=currency, steps=steps, unreadable=unreadable or ("" if events else "no journal"),
    )  # fmt: skip


def _row(row: Sequence[Any], facts: Any) -> EventRow:
    return EventRow(
        sequence=row[1], kind=row[2], at=row[3], recorded_at=row[4], party=row[5],
        actor_id=row[6], via=row[7], rule=row[8], material=row[9], stage=row[10], outcome=row[11], facts=facts,
    )  # fmt: skip


def _conditions(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    """What goes behind the statements, and its values; the words are ours, the values travel apart."""
    found = {
        " AND platform = ANY(%(platforms)s)": ("platforms", list(chosen.platforms) or None),
        " AND pack = %(pack)s": ("pack", chosen.pack or None),
        " AND opened_at >= %(opened_from)s": ("opened_from", chosen.opened_from),
        " AND opened_at < %(opened_until)s": ("opened_until", chosen.opened_until),
    }
    words = "".join(text for text, (_name, value) in found.items() if value is not None)
    status = {"open": " AND stage <> 'CLOSED'", "closed": " AND stage = 'CLOSED'"}.get(chosen.status, "")
    return words + status, {name: value for name, value in found.values() if value is not None}
