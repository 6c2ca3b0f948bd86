"""The relay: it tells people what the journal says, once, in order per case, and forgets what it has told.

One transaction claims waiting events, writes notifications and deliveries, and deletes the events from the outbox;
whatever interrupts it, nothing is lost and nothing is told twice. It comes by itself every second. The signal that
the journal grew is not needed: to hurry the relay a request would have to reach the broker, and no request waits on
Redis for the sake of less than a second.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from contract import signs
from contract.clock import database_now
from notifications.audiences import Audience, Telling
from notifications.recipients import tellings
from notifications.services.journal import CaseOf, Entry, claim, forget, read
from notifications.services.people import Directory, Reach, reach_of, role_of

BATCH = 500
STALE = timedelta(days=2)
"""What was recorded longer ago is told in the inbox only: a mail about it would be noise."""
logger = logging.getLogger(__name__)

WRITE = """
WITH rows AS (
    SELECT * FROM json_to_recordset(%s::json) AS r(recipient_id bigint, case_id bigint, number text, sequence int,
        kind text, role text, severity text, facts jsonb, happened_at timestamptz, mail_at timestamptz, message_id text)
), told AS (
    INSERT INTO notifications_notification (recipient_id, case_id, number, sequence, kind, role, severity, facts,
        happened_at, created_at)
    SELECT recipient_id, case_id, number, sequence, kind, role, severity, facts, happened_at, now.at
    FROM rows, (SELECT gongduan_clock() AS at) now
    ORDER BY case_id, sequence, recipient_id, kind
    ON CONFLICT (recipient_id, case_id, sequence, kind) DO NOTHING
    RETURNING id, recipient_id, case_id, sequence, kind
), sent AS (
    INSERT INTO notifications_delivery (notification_id, channel, status, attempts, message_id, next_try_at, error)
    SELECT told.id, 'email', 'waiting', 0, rows.message_id, rows.mail_at, ''
    FROM told JOIN rows USING (recipient_id, case_id, sequence, kind) WHERE rows.mail_at IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM told
"""
STUCK = """
SELECT k.id, k.version, k.number, k.platform, k.buyer_id, k.shop_id, s.last_at
FROM disputes_stuckcase s JOIN disputes_case k ON k.id = s.case_id
WHERE NOT EXISTS (
    SELECT FROM notifications_notification n
    WHERE n.case_id = s.case_id AND n.kind = 'stuck' AND n.created_at >= s.first_at
)
ORDER BY k.id LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """What one batch did."""

    events: int
    notifications: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A notification about to be written."""

    recipient: int
    case: CaseOf
    sequence: int
    kind: str
    role: str
    severity: str
    facts: dict[str, Any]
    happened_at: datetime
    recorded_at: datetime


def relay_until_done(*, limit: int = BATCH) -> Relayed:
    """Tell everything that waits, batch after batch, and administrators of cases that are stuck."""
    events = told = 0
    while (batch := relay_batch(limit=limit)).events:
        events, told = events + batch.events, told + batch.notifications
        signs.sign()
    return Relayed(events=events, notifications=told + tell_stuck(limit=limit))


def relay_batch(*, limit: int = BATCH) -> Relayed:
    """Tell up to `limit` waiting events in one transaction."""
    with transaction.atomic():
        claimed = claim(limit)
        if not claimed:
            return Relayed(events=0, notifications=0)
        entries = read(claimed)
        directory = Directory.around(entry.case for entry in entries)
        rows = [row for entry in entries for row in rows_of(entry, directory)]
        written = write(rows)
        forget(claimed)
    return Relayed(events=len(claimed), notifications=written)


def rows_of(entry: Entry, directory: Directory) -> list[Row]:
    """Everybody's notification of one event. One that cannot be told is told to administrators, and stops no other."""
    try:
        told = tellings(entry.told)
    except Exception:
        logger.exception("nobody could be told of %s/%s", entry.case.number, entry.told.sequence)
        alarm = Telling(audience=Audience.ADMINISTRATORS, kind="untellable", severity="high")
        return [_row(entry, user, alarm) for user in directory.administrators(entry.case.platform)]
    return list(_once(_row(entry, user, each) for each in told for user in directory.of(each.audience, entry)))


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """Somebody in two circles is told the same thing once."""
    seen: set[tuple[int, str]] = set()
    for row in rows:
        if (row.recipient, row.kind) not in seen:
            seen.add((row.recipient, row.kind))
            yield row


def _row(entry: Entry, user: int, telling: Telling) -> Row:
    return Row(
        recipient=user, case=entry.case, sequence=entry.told.sequence, kind=telling.kind,
        role=role_of(telling.audience), severity=telling.severity, facts=dict(telling.facts), happened_at=entry.told.at,
        recorded_at=entry.recorded_at,
    )  # fmt: skip


def write(rows: Sequence[Row]) -> int:
    """Write notifications with their deliveries; what is there already stays as it is. Answers how many were new."""
    if not rows:
        return 0
    now, reach = database_now(), reach_of(row.recipient for row in rows)
    told = [_as_json(row, reach[row.recipient], now) for row in rows if row.recipient in reach]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(told)])
        return int(cursor.fetchone()[0])


def _as_json(row: Row, reach: Reach, now: datetime) -> dict[str, Any]:
    due = row.facts.get("due_at")
    mailed = row.severity != "low" and now - row.recorded_at < STALE
    mail_at = reach.mail_at(now, due_at=datetime.fromisoformat(due) if due else None) if mailed else None
    return {
        "recipient_id": row.recipient, "case_id": row.case.case_id, "number": row.case.number, "sequence": row.sequence,
        "kind": row.kind, "role": row.role, "severity": row.severity, "facts": row.facts,
        "happened_at": row.happened_at.isoformat(), "mail_at": mail_at.isoformat() if mail_at else None,
        "message_id": message_id(row),
    }  # fmt: skip


def message_id(row: Row) -> str:
    """The mail's own id. It follows from what is told to whom, so a repetition is the same message to every mailbox."""
    return f"<{row.case.number}.{row.sequence}.{row.kind}.{row.recipient}@{mail_domain()}>"


def mail_domain() -> str:
    """The domain mails come from."""
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].strip("> ") or "localhost"


def tell_stuck(*, limit: int = BATCH) -> int:
    """Tell administrators of cases that cannot be moved on, once for each time they got stuck."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(STUCK, [limit])
            found = cursor.fetchall()
        directory = Directory.around([])
        return write([row for case in found for row in _stuck_rows(case, directory)])


def _stuck_rows(found: Sequence[Any], directory: Directory) -> Iterator[Row]:
    case_id, version, number, platform, buyer_id, shop_id, at = found
    case = CaseOf(case_id=case_id, number=number, platform=platform, buyer_id=buyer_id, shop_id=shop_id)
    for user in directory.administrators(platform):
        yield Row(
            recipient=user, case=case, sequence=version, kind="stuck", role="platform", severity="high", facts={},
            happened_at=at, recorded_at=at,
        )  # fmt: skip
