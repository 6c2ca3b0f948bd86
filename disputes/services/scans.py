"""Scans of parcels: which facts they are to a case, and keeping those whose number no case has named yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from contract.clock import database_now
from disputes.models import KeptScan, Parcel
from disputes.services.loading import LockedCase
from rules.engine.events import Event, Via
from rules.engine.types import CaseSnapshot, Party

FACTS: Final[Mapping[tuple[str, str], str]] = {
    ("return", "scanned"): "return_scanned",
    ("return", "signed"): "return_signed",
    ("replacement", "signed"): "replacement_signed",
}
"""By leg and status: the fact told, which is also the anchor that shows it is known."""

KEPT_FOR: Final = timedelta(days=90)
"""How long a scan waits for a case to name its number, from the import that brought it."""

CLAIM: Final = """
UPDATE disputes_keptscan SET case_id = %(case)s, claimed_at = coalesce(claimed_at, %(now)s)
WHERE order_id = %(order)s AND tracking = %(tracking)s AND (case_id IS NULL OR case_id = %(case)s)
RETURNING status, at
"""
"""The first case that names a number claims its scans; corrected to another number and back, it takes them again."""


def facts_of(leg: str, told: Iterable[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """Facts and their moments behind statuses of a parcel of that leg, in the order of their own times."""
    found = [(FACTS[leg, status], at) for status, at in told if (leg, status) in FACTS]
    return sorted(found, key=lambda news: (news[1], news[0]))


def keep_scans(order_id: int, tracking: str, told: Iterable[tuple[str, datetime]], *, kept_by: int) -> bool:
    """Keep what nobody can be told yet; whether any of it was new. The order and its cases are locked."""
    rows = [
        KeptScan(order_id=order_id, tracking=tracking, status=status, at=at, kept_by_id=kept_by) for status, at in told
    ]
    known = KeptScan.objects.filter(order_id=order_id, tracking=tracking)
    before = known.count()
    KeptScan.objects.bulk_create(rows, ignore_conflicts=True)
    return known.count() > before


def claimed(parcels: Iterable[Parcel], case: LockedCase, after: CaseSnapshot) -> Iterator[Event]:
    """Claim for a case what was kept of the parcels it names just now: facts it does not know, oldest first."""
    for parcel in parcels:
        for kind, at in facts_of(parcel.leg, _claim(case, parcel.tracking)):
            if kind not in after.anchors:
                yield Event(kind=kind, party=Party.MARKETPLACE, at=min(at, case.now), via=Via.IMPORT)


def _claim(case: LockedCase, tracking: str) -> list[tuple[str, datetime]]:
    values: dict[str, Any] = {"case": case.id, "now": case.now, "order": case.order_id, "tracking": tracking}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return list(cursor.fetchall())


def forget_unclaimed() -> int:
    """Delete scans that waited longer than KEPT_FOR for a case to name their number; how many."""
    deleted, _kinds = KeptScan.objects.filter(case__isnull=True, kept_at__lt=database_now() - KEPT_FOR).delete()
    return deleted
