"""The sweep: every case whose time has come is settled, in batches, by the same writer people use."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection, transaction

from disputes.services.loading import LockedCase, claim_due, read_cases
from disputes.services.writing import Change, write_changes
from disputes.signals import journal_grew
from rules.engine.decide import settle
from rules.engine.standing import wake_at

BATCH = 500
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)

CLAIM_ONE = "SELECT id FROM disputes_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
PARK = """
WITH stuck AS (
    INSERT INTO disputes_stuckcase AS s (case_id, reason, detail, attempts, first_at, last_at, retry_at)
    SELECT %(case)s, %(reason)s, %(detail)s, 1, now.at, now.at, now.at + %(first)s
    FROM (SELECT gongduan_clock() AS at) now
    ON CONFLICT (case_id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail,
        attempts = s.attempts + 1, last_at = excluded.last_at,
        retry_at = excluded.last_at + least(%(last)s, %(first)s * power(2, least(s.attempts, 20)))
    RETURNING case_id, retry_at
)
UPDATE disputes_case c SET retry_at = stuck.retry_at, wake_at = greatest(c.wake_at, stuck.retry_at)
FROM stuck WHERE c.id = stuck.case_id
"""
UNPARK = "DELETE FROM disputes_stuckcase WHERE case_id = ANY(%s)"
REPAIR = """
WITH truth AS (
    SELECT case_id, min(wakes_at) AS wakes_at FROM disputes_deadline WHERE status = 'pending'
        AND wakes_at <= (SELECT gongduan_clock()) GROUP BY case_id
)
UPDATE disputes_case c SET wake_at = greatest(truth.wakes_at, c.retry_at)
FROM truth
WHERE c.id = truth.case_id AND (c.wake_at IS NULL OR c.wake_at > greatest(truth.wakes_at, c.retry_at))
"""
SIGN_OF_LIFE = """
INSERT INTO disputes_sweeprecord AS r (sweeper, last_at, last_moved_at, cases_moved, hints_repaired)
SELECT %(sweeper)s, now.at, CASE WHEN %(moved)s > 0 THEN now.at END, %(moved)s, %(repaired)s
FROM (SELECT gongduan_clock() AS at) now
ON CONFLICT (sweeper) DO UPDATE SET last_at = excluded.last_at,
    last_moved_at = coalesce(excluded.last_moved_at, r.last_moved_at),
    cases_moved = r.cases_moved + excluded.cases_moved, hints_repaired = r.hints_repaired + excluded.hints_repaired
"""
NEXT_WAKE = "SELECT min(wake_at), gongduan_clock() FROM disputes_case WHERE wake_at IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one batch did."""

    claimed: int
    moved: int
    """Cases at least one step was recorded for."""
    steps: int
    parked: int


def sweep_until_done(*, sweeper: str, limit: int = BATCH, grace: timedelta = timedelta()) -> Swept:
    """Sweep batch after batch until nothing is due any more, then leave a sign of life."""
    total = Swept(claimed=0, moved=0, steps=0, parked=0)
    while (batch := sweep_batch(limit=limit, grace=grace)).claimed:
        total = _sum(total, batch)
        if batch.moved + batch.parked == 0:
            break
    leave_sign(sweeper=sweeper, moved=total.moved)
    if total.moved:
        journal_grew.send(sender=Swept)
    return total


def sweep_batch(*, limit: int = BATCH, grace: timedelta = timedelta()) -> Swept:
    """Claim and settle up to `limit` due cases in one transaction; a failing batch is halved until it stands alone."""
    ids: list[int] = []
    try:
        with no_garbage_collection(), transaction.atomic():
            ids = claim_due(limit, grace=grace)
            return _settle(ids)
    except DatabaseError as error:
        return _halve(ids, error)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """A batch makes a hundred thousand objects and no cycles: looking for cycles meanwhile only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _halve(ids: list[int], error: DatabaseError) -> Swept:
    if not ids:
        raise error
    if len(ids) == 1:
        _park(ids[0], error)
        return Swept(claimed=1, moved=0, steps=0, parked=1)
    middle = len(ids) // 2
    return _sum(_settle_again(ids[:middle]), _settle_again(ids[middle:]))


def _settle_again(ids: list[int]) -> Swept:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(CLAIM_ONE, [ids])
                free = [row[0] for row in cursor.fetchall()]
            return _settle(free)
    except DatabaseError as error:
        return _halve(ids, error)


def _settle(ids: list[int]) -> Swept:
    """Settle locked cases. One that cannot be decided is parked; the others go on."""
    changes, broken = [], []
    for case in read_cases(ids):
        try:
            changes.append(_settled(case))
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one case must not stop the others)
            broken.append((case.id, error))
    moved = [change for change in changes if change.steps]
    write_changes(moved)
    _correct_hints([change for change in changes if not change.steps])
    _unpark([change.case.id for change in changes])
    for case_id, reason in broken:
        _park(case_id, reason)
    steps = sum(len(change.steps) for change in moved)
    return Swept(claimed=len(ids), moved=len(moved), steps=steps, parked=len(broken))


def _settled(case: LockedCase) -> Change:
    settled = settle(case.policy, case.calendar, case.snapshot, now=case.now)
    return Change(case=case, steps=settled.steps, after=settled.snapshot)


def _correct_hints(unmoved: list[Change]) -> None:
    """A case that was claimed with nothing due had a wrong hint: put the right one."""
    with connection.cursor() as cursor:
        for change in unmoved:
            cursor.execute("UPDATE disputes_case SET wake_at = %s WHERE id = %s", [wake_at(change.after), change.case.id])


def _unpark(ids: list[int]) -> None:
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(UNPARK, [ids])


def _park(case_id: int, error: Exception) -> None:
    detail = "".join(traceback.format_exception(error))[-4000:]
    reason = f"{type(error).__name__}: {error}"[:120]
    with connection.cursor() as cursor:
        values = {"case": case_id, "reason": reason, "detail": detail, "first": FIRST_RETRY, "last": LAST_RETRY}
        cursor.execute(PARK, values)


def repair_hints() -> int:
    """Find wake hints later than a deadline already due, and correct them; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(REPAIR)
        return int(cursor.rowcount)


def leave_sign(*, sweeper: str, moved: int = 0, repaired: int = 0) -> None:
    """Record that this sweeper lives and what it did."""
    with connection.cursor() as cursor:
        cursor.execute(SIGN_OF_LIFE, {"sweeper": sweeper, "moved": moved, "repaired": repaired})


def seconds_to_next() -> float | None:
    """Seconds until the next hint is due (negative when overdue); None when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_WAKE)
        wake, now = cursor.fetchone()
    return None if wake is None else (wake - now).total_seconds()


def _sum(one: Swept, other: Swept) -> Swept:
    return Swept(
        claimed=one.claimed + other.claimed, moved=one.moved + other.moved, steps=one.steps + other.steps,
        parked=one.parked + other.parked,
    )  # fmt: skip
