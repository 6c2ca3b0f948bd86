"""Letting the cases of a freeze know: that it begins, and that it is over.

Whoever touches a case takes it through its freezes, so nothing here decides when a clock stands still: it makes those
known in whose cases nothing else happens. The cases follow in batches, each in its own transaction; whatever is left
after a crash is taken up with the next look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Coalesce

from contract.clock import ClockReading, database_now
from disputes.models import Freeze
from disputes.services.batching import BATCH, Gone, go_through
from disputes.services.loading import LockedCase
from disputes.signals import journal_grew
from rules.engine.events import Step
from rules.engine.types import CaseSnapshot

RUNS: Final = """(c.stage <> 'CLOSED' OR EXISTS (
    SELECT FROM disputes_deadline d WHERE d.case_id = c.id AND d.status = 'pending'))"""
OF_FREEZE: Final = "c.platform = %(platform)s AND (%(pack)s = '' OR c.pack = %(pack)s)"
KNOWN: Final = "coalesce((c.facts #>> '{frozen,freeze}')::bigint, 0)"
TO_FREEZE: Final = f"""
SELECT c.id FROM disputes_case c WHERE {OF_FREEZE} AND c.id > %(last)s AND {KNOWN} <> %(freeze)s AND {RUNS}
ORDER BY c.id LIMIT %(most)s
"""  # noqa: S608  (constant text, as below)
TO_THAW: Final = f"""
SELECT c.id FROM disputes_case c WHERE {OF_FREEZE} AND c.id > %(last)s
    AND ({KNOWN} = %(freeze)s OR (c.recorded_at <= %(begins)s AND {RUNS}))
ORDER BY c.id LIMIT %(most)s
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of the cases of a freeze."""

    freeze: int
    changed: int = 0
    """Cases whose clocks stand still, or run on, because of this call."""
    broken: int = 0
    """Cases that could not be read, decided or written; the log says why. They are tried again."""
    finished: bool = True
    """False when the call ended before the last case; the workers go on."""


def follow(freeze: Freeze, *, batches: int | None = None) -> Followed:
    """Let the cases know how a freeze stands now. Where it has not begun, or all know, nothing changes."""
    now = database_now()
    if freeze.finished or freeze.begins_at > now:
        return Followed(freeze=freeze.pk)
    if freeze.over_at > now:
        return Followed(freeze=freeze.pk) if freeze.told else _tell(freeze, batches, over=False)
    return _tell(freeze, batches, over=True)


def follow_all(*, batches: int | None = None) -> bool:
    """Let the cases of every freeze know that began or ended; whether all of them know by now."""
    begun = Freeze.objects.alias(over=Coalesce("ended_at", "ends_at")).filter(
        Q(told=False) | Q(over__lte=ClockReading()), finished=False, begins_at__lte=ClockReading()
    )
    reports = [follow(freeze, batches=batches) for freeze in begun.order_by("begins_at", "pk")]
    return all(report.finished for report in reports)


def _tell(freeze: Freeze, batches: int | None, *, over: bool) -> Followed:
    def stands_still(after: CaseSnapshot) -> bool:
        return (after.facts.get("frozen") or {}).get("freeze") == freeze.pk

    gone = go_through(
        lambda last: _ids(freeze, last, over=over), _nothing_more, batches=batches,
        goes_on=lambda: _is_over(freeze.pk) is over, counts=lambda after: stands_still(after) is not over,
    )  # fmt: skip
    if gone.counted:
        journal_grew.send(sender=Freeze)
    if gone.finished and not gone.broken:
        _all_know(freeze, over=over)
    return _followed(freeze, gone)


def _nothing_more(case: LockedCase, snapshot: CaseSnapshot) -> Step | None:
    """Settling alone takes a case through its freezes."""
    return None


def _ids(freeze: Freeze, last: int, *, over: bool) -> list[int]:
    values: dict[str, Any] = {
        "platform": freeze.platform, "pack": freeze.pack, "last": last, "freeze": freeze.pk,
        "begins": freeze.begins_at, "most": BATCH,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(TO_THAW if over else TO_FREEZE, values)
        return [row[0] for row in cursor.fetchall()]


def _is_over(freeze_id: int) -> bool:
    """Asked under the locks of a batch, in which nobody can end it."""
    return Freeze.objects.get(pk=freeze_id).over_at <= database_now()


def _all_know(freeze: Freeze, *, over: bool) -> None:
    """Unless somebody ended it meanwhile."""
    same = Freeze.objects.filter(pk=freeze.pk, ended_at=freeze.ended_at)
    same.update(told=True, finished=over)


def _followed(freeze: Freeze, gone: Gone) -> Followed:
    return Followed(freeze=freeze.pk, changed=gone.counted, broken=gone.broken, finished=gone.finished)
