"""Holds that lasted longer than whoever made them thought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from rules.engine.reconciling import STOPPED

PAST = f"""
SELECT r.id, (r.parameters ->> 'until')::timestamptz AS until, count(*)
FROM disputes_bulkrun r JOIN disputes_bulkresult b ON b.run_id = r.id AND b.result = 'done'
JOIN disputes_case c ON c.id = b.case_id
WHERE r.kind = 'hold' AND (r.parameters ->> 'until')::timestamptz <= (SELECT gongduan_clock())
    AND c.held NOT IN ('', '{STOPPED}') AND c.platform = ANY(%s) AND c.platform_due_at IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM disputes_caseevent e
        WHERE e.case_id = b.case_id AND e.sequence > b.sequence AND e.kind IN ('pause', 'resume'))
GROUP BY r.id ORDER BY until, r.id
"""  # noqa: S608  (constant text)
"""A held case waits for the platform, so the platform's index by due time serves: no other case is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastHold:
    """A run whose cases are still held."""

    run_id: int
    until: datetime
    """What it was thought to last until."""
    count: int
    """Cases of these platforms it still holds."""


def holds_past_their_time(platforms: Sequence[str]) -> tuple[PastHold, ...]:
    """The runs that still hold cases of these platforms though their moment has come, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(PAST, [list(platforms)])
        return tuple(PastHold(run_id=run, until=until, count=count) for run, until, count in cursor.fetchall())
