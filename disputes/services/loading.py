"""Taking cases into a transaction: locked, read after the lock, under the one clock."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from disputes.snapshot import snapshot_from
from rules.engine.calendar import Calendar
from rules.engine.policy import Policy
from rules.engine.types import CaseSnapshot
from rules.selectors import calendar_edition, policy_of

LOCK = "SELECT id FROM disputes_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
LOCK_BY_NUMBER = "SELECT id FROM disputes_case WHERE number = %s FOR NO KEY UPDATE"
CLAIM = """
SELECT id FROM disputes_case
WHERE wake_at IS NOT NULL AND wake_at <= (SELECT gongduan_clock()) - %s
ORDER BY wake_at, id LIMIT %s
FOR NO KEY UPDATE SKIP LOCKED
"""

COLUMNS = """
    c.id, c.number, c.platform, c.pack, c.policy_id, c.calendar_id, c.order_id, c.buyer_id, c.shop_id, c.currency,
    c.opened_at, c.version, c.stage, c.outcome, c.facts::text, c.anchors::text, c.queued::text, c.recorded_at,
    c.head_digest,
    (SELECT json_agg(json_build_object(
        'name', d.name, 'anchor', d.anchor, 'started_at', d.started_at, 'due_at', d.due_at, 'wakes_at', d.wakes_at,
        'status', d.status, 'rung', d.rung, 'paused_at', d.paused_at, 'pause_reason', d.pause_reason,
        'stated', d.stated))::text
     FROM disputes_deadline d WHERE d.case_id = c.id AND d.status <> 'cancelled') AS deadlines
"""
READ = f"SELECT {COLUMNS}, gongduan_clock() FROM disputes_case c WHERE c.id = ANY(%s) ORDER BY c.id"  # noqa: S608  (constant text)

_DOCUMENTS = "[%s,%s,%s,%s]"  # parsed at once
_NAMES = (
    "id number platform pack policy_id calendar_id order_id buyer_id shop_id currency opened_at version stage outcome"
    " facts anchors queued recorded_at head_digest deadlines clock"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedCase:
    """A case as it was read under its lock."""

    id: int
    number: str
    platform: str
    pack: str
    policy_id: int
    calendar_id: int
    order_id: int
    buyer_id: int
    shop_id: int
    currency: str
    opened_at: datetime
    snapshot: CaseSnapshot
    head_digest: bytes
    now: datetime
    """The moment everything in this settlement is recorded at: the clock, never before the last event."""

    @property
    def policy(self) -> Policy:
        return policy_of(self.policy_id)

    @property
    def calendar(self) -> Calendar:
        return calendar_edition(self.calendar_id)


def lock_cases(ids: Iterable[int]) -> tuple[LockedCase, ...]:
    """Lock cases in the order of their ids, waiting where needed, then read them. Missing ones are left out."""
    wanted = sorted(set(ids))
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [wanted])
    return read_cases(wanted)


def lock_case(number: str) -> LockedCase | None:
    """Lock one case by its public number; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BY_NUMBER, [number])
        row = cursor.fetchone()
    return read_cases([row[0]])[0] if row else None


def claim_due(limit: int, *, grace: Any) -> list[int]:
    """Lock up to `limit` cases whose time has come, skipping those somebody else holds; their ids."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [grace, limit])
        return [row[0] for row in cursor.fetchall()]


def read_cases(ids: list[int]) -> tuple[LockedCase, ...]:
    """Read cases in one statement. Only after their locks were taken is `now` later than every wait."""
    if not ids:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(READ, [ids])
        return tuple(_locked(dict(zip(_NAMES, row, strict=True))) for row in cursor.fetchall())


def _locked(row: dict[str, Any]) -> LockedCase:
    documents = json.loads(_DOCUMENTS % (row["facts"], row["anchors"], row["queued"], row["deadlines"] or "[]"))
    row["facts"], row["anchors"], row["queued"], row["deadlines"] = documents
    row["recorded_at"] = row["recorded_at"].astimezone(UTC)
    return LockedCase(
        id=row["id"], number=row["number"], platform=row["platform"], pack=row["pack"], policy_id=row["policy_id"],
        calendar_id=row["calendar_id"], order_id=row["order_id"], buyer_id=row["buyer_id"], shop_id=row["shop_id"],
        currency=row["currency"], opened_at=row["opened_at"], snapshot=snapshot_from(row),
        head_digest=bytes(row["head_digest"]), now=max(row["clock"].astimezone(UTC), row["recorded_at"]),
    )  # fmt: skip
