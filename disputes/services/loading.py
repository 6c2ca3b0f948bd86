"""Taking cases into a transaction: locked, read after the lock, under the one clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection

from disputes.selectors.windows import FREEZES, windows_in
from disputes.snapshot import DEADLINE_FIELDS, anchors_from, deadline_of, queued_from
from rules.engine.calendar import Calendar
from rules.engine.events import Settlement
from rules.engine.pins import Pin
from rules.engine.policy import Policy
from rules.engine.records import record
from rules.engine.types import CaseSnapshot, Stage
from rules.engine.windows import Window, settle_through
from rules.selectors import calendar_edition, policy_of

LOCK = "SELECT id FROM disputes_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
LOCK_BY_NUMBER = "SELECT id FROM disputes_case WHERE number = %s FOR NO KEY UPDATE"
CLAIM = """
SELECT id FROM disputes_case
WHERE wake_at IS NOT NULL AND wake_at <= (SELECT gongduan_clock()) - %(grace)s
    AND (SELECT min(wake_at) FROM disputes_case WHERE wake_at IS NOT NULL) <= (SELECT gongduan_clock()) - %(grace)s
ORDER BY wake_at, id LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""
"""Asked first whether anything is due at all, PostgreSQL reads nothing when it is not, however many cases wait."""

COLUMNS = f"""
    c.id, c.number, c.platform, c.pack, c.policy_id, c.calendar_id, c.order_id, c.buyer_id, c.shop_id, c.currency,
    c.opened_at, c.version, c.stage, c.outcome, c.facts::text, c.anchors::text, c.queued::text, c.recorded_at,
    c.head_digest,
    (SELECT json_agg(json_build_array({", ".join(f"d.{name}" for name in DEADLINE_FIELDS)}))::text
     FROM disputes_deadline d WHERE d.case_id = c.id AND d.status <> 'cancelled') AS deadlines
"""  # noqa: S608  (constant text)
LOCK_WINDOWS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('gongduan.freezes', 0))"
"""While this is held nobody begins a freeze, or ends one early, at a moment before the clock that is read after it."""
LOCK_WINDOWS_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('gongduan.freezes', 0))"
READ = f"SELECT {COLUMNS}, {FREEZES}, (SELECT gongduan_clock()) FROM disputes_case c WHERE c.id = ANY(%s) ORDER BY c.id"  # noqa: S608  (constant text)

_DOCUMENTS = "[%s,%s,%s,%s]"  # parsed at once


@record
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
    windows: tuple[Window, ...] = ()
    """The freezes of its platform that it may not know of yet."""

    @property
    def pin(self) -> Pin:
        """What it runs under."""
        return Pin(policy=self.policy_id, calendar=self.calendar_id)

    def under(self, pin: Pin) -> LockedCase:
        """The same case, to be decided and written under other rules."""
        return replace(self, policy_id=pin.policy, calendar_id=pin.calendar)

    @property
    def policy(self) -> Policy:
        return policy_of(self.policy_id)

    @property
    def calendar(self) -> Calendar:
        return calendar_edition(self.calendar_id)

    def settled(self) -> Settlement:
        """The case after all that has passed, freezes of its platform among it. Raises SettleRunaway."""
        return settle_through(self.policy, self.calendar, self.snapshot, self.windows, now=self.now)


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
        cursor.execute(CLAIM, {"grace": grace, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def lock_windows(*, alone: bool = False) -> None:
    """Let nobody begin a freeze, or end one early, until this transaction ends; `alone`, let nobody read of any either.

    Whoever asks holds the locks of its cases and orders already. The clock is read after it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_WINDOWS_ALONE if alone else LOCK_WINDOWS)


def read_cases(ids: list[int]) -> tuple[LockedCase, ...]:
    """Read cases in one statement. Only after their locks were taken is `now` later than every wait."""
    if not ids:
        return ()
    lock_windows()
    with connection.cursor() as cursor:
        cursor.execute(READ, [ids])
        return tuple([_locked(*row) for row in cursor.fetchall()])


def _locked(
    id: int, number: str, platform: str, pack: str, policy_id: int, calendar_id: int, order_id: int, buyer_id: int,
    shop_id: int, currency: str, opened_at: datetime, version: int, stage: str, outcome: str, facts: str, anchors: str,
    queued: str, recorded_at: datetime, head_digest: bytes, deadlines: str | None, freezes: str | None, clock: datetime,
) -> LockedCase:  # fmt: skip
    """A case from its columns, in the order of `COLUMNS`."""
    documents = orjson.loads(_DOCUMENTS % (facts, anchors, queued, deadlines or "[]"))
    recorded = recorded_at.astimezone(UTC)
    return LockedCase(
        id=id, number=number, platform=platform, pack=pack, policy_id=policy_id, calendar_id=calendar_id,
        order_id=order_id, buyer_id=buyer_id, shop_id=shop_id, currency=currency, opened_at=opened_at,
        snapshot=CaseSnapshot(
            version=version, stage=Stage(stage), outcome=outcome, facts=documents[0],
            anchors=anchors_from(documents[1]), queued=queued_from(documents[2]), recorded_at=recorded,
            deadlines={values[0]: deadline_of(*values) for values in documents[3]},
        ),
        head_digest=bytes(head_digest), now=max(clock.astimezone(UTC), recorded),
        windows=windows_in(freezes, platform, pack),
    )  # fmt: skip
