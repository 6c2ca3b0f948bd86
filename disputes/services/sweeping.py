"""The sweep: every case whose time has come is settled, in batches, by the same writer people use."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from django.db import connection, transaction

from accounts.actions import record_action
from accounts.models import User
from contract import signs
from disputes.services.batching import NOBODYS_FAULT, halves_of
from disputes.services.loading import LockedCase, claim_due, read_cases
from disputes.services.writing import Change, write_changes
from disputes.signals import journal_grew
from rules.engine.standing import wake_at

BATCH = 1_000
"""Cases of one transaction: what somebody who acts on one of them waits for is a quarter of a second."""
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)

CLAIM_AGAIN = """
SELECT id FROM disputes_case WHERE id = ANY(%s) AND wake_at <= (SELECT gongduan_clock())
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
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
    SELECT case_id, min(wakes_at) AS wakes_at FROM disputes_deadline
    WHERE status = 'pending' AND wakes_at <= (SELECT gongduan_clock()) GROUP BY case_id
), late AS (
    SELECT c.id, truth.wakes_at FROM disputes_case c JOIN truth ON truth.case_id = c.id
    WHERE c.wake_at IS NULL OR c.wake_at > greatest(truth.wakes_at, c.retry_at)
    ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
)
UPDATE disputes_case c SET wake_at = greatest(late.wakes_at, c.retry_at) FROM late WHERE c.id = late.id
"""
CORRECT_HINT = "UPDATE disputes_case SET wake_at = %s, retry_at = NULL WHERE id = %s"
RETRY = """
WITH parked AS (
    SELECT c.id FROM disputes_case c JOIN disputes_stuckcase s ON s.case_id = c.id
    WHERE (%(platforms)s::text[] IS NULL OR c.platform = ANY(%(platforms)s::text[]))
        AND (%(numbers)s::text[] IS NULL OR c.number = ANY(%(numbers)s::text[]))
    ORDER BY c.id FOR NO KEY UPDATE OF c
), chosen AS (
    UPDATE disputes_stuckcase s SET retry_at = (SELECT gongduan_clock()) FROM parked WHERE s.case_id = parked.id
    RETURNING s.case_id, s.retry_at
)
UPDATE disputes_case c SET retry_at = chosen.retry_at, wake_at = chosen.retry_at FROM chosen WHERE c.id = chosen.case_id
"""
"""The cases are locked first, by their ids, as by everybody: a sweep that parks one of them waits, or is waited for."""
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


NOTHING = Swept(claimed=0, moved=0, steps=0, parked=0)


def sweep_until_done(
    *, sweeper: str, limit: int = BATCH, grace: timedelta = timedelta(), stop: Callable[[], bool] = lambda: False
) -> Swept:
    """Sweep batch after batch until nothing is due any more or `stop` says so, leaving a sign of life with each."""
    total = NOTHING
    while True:
        batch = sweep_batch(limit=limit, grace=grace)
        total = _sum(total, batch)
        leave_sign(sweeper=sweeper, moved=batch.moved)
        if batch.moved + batch.parked == 0 or stop():
            break
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
    except Exception as error:  # whatever one case does must not stop the others
        return reduce(_sum, halves_of(ids, error, _settle_again, _park_alone))


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


def _settle_again(ids: list[int]) -> Swept:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM_AGAIN, [ids])
            free = [row[0] for row in cursor.fetchall()]
        return _settle(free)


def _park_alone(case_id: int, error: Exception) -> Swept:
    with transaction.atomic():
        _park(case_id, error)
    return Swept(claimed=1, moved=0, steps=0, parked=1)


def _settle(ids: list[int]) -> Swept:
    """Settle locked cases. One that cannot be decided is parked; the others go on."""
    changes, broken = [], []
    for case in read_cases(ids):
        try:
            changes.append(_settled(case))
        except NOBODYS_FAULT:
            raise
        except Exception as error:  # whatever is wrong with one case must not stop the others
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
    settled = case.settled()
    return Change(case=case, steps=settled.steps, after=settled.snapshot)


def _correct_hints(unmoved: list[Change]) -> None:
    """A case that was claimed with nothing due had a wrong hint: put the right one."""
    with connection.cursor() as cursor:
        for change in unmoved:
            cursor.execute(CORRECT_HINT, [wake_at(change.after), change.case.id])


def _unpark(ids: list[int]) -> None:
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(UNPARK, [ids])


def _park(case_id: int, error: Exception) -> None:
    detail = "".join(traceback.format_exception(error))[-4000:]
    reason = f"{type(error).__name__}: {error}"[:120]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "case": case_id, "reason": reason, "detail": detail, "first": FIRST_RETRY, "last": LAST_RETRY,
        }  # fmt: skip
        cursor.execute(PARK, values)


def repair_hints() -> int:
    """Find wake hints later than a deadline already due, and correct them; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(REPAIR)
        return int(cursor.rowcount)


def leave_sign(*, sweeper: str, moved: int = 0, repaired: int = 0) -> None:
    """Record that this sweeper lives and what it did; the program it belongs to makes progress."""
    with connection.cursor() as cursor:
        cursor.execute(SIGN_OF_LIFE, {"sweeper": sweeper, "moved": moved, "repaired": repaired})
    signs.sign(works=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """The earliest hint of all."""

    at: datetime
    seconds: float
    """Until then; negative when overdue."""


def next_wake() -> Wake | None:
    """When something must be looked at next; None when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_WAKE)
        at, now = cursor.fetchone()
    return None if at is None else Wake(at=at, seconds=(at - now).total_seconds())


def seconds_to_next() -> float | None:
    """Seconds until the next hint is due (negative when overdue); None when nothing waits."""
    wake = next_wake()
    return wake.seconds if wake else None


def retry_stuck(number: str, *, by: User | None = None) -> bool:
    """Let the next sweep try a parked case at once; False when it is not parked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RETRY, {"platforms": None, "numbers": [number]})
        if cursor.rowcount:
            record_action("stuck_retried", by=by, subject=number)
        return bool(cursor.rowcount)


def retry_all_stuck(
    platforms: Sequence[str], numbers: Sequence[str] | None = None, *, by: User | None = None
) -> int:
    """Let the next sweep try the parked cases of these platforms at once, or those named; how many there are."""
    values = {"platforms": list(platforms), "numbers": None if numbers is None else list(numbers)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RETRY, values)
        if cursor.rowcount:
            of_one = platforms[0] if len(platforms) == 1 else ""
            record_action("stuck_retried", by=by, platform=of_one, after={"cases": cursor.rowcount})
        return int(cursor.rowcount)


def _sum(one: Swept, other: Swept) -> Swept:
    return Swept(
        claimed=one.claimed + other.claimed, moved=one.moved + other.moved, steps=one.steps + other.steps,
        parked=one.parked + other.parked,
    )  # fmt: skip
