"""What carriers tell of parcels that travel in a case: the return, and what is sent again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from disputes.feeds import ParcelRecord
from disputes.models import Case, Order, Parcel
from disputes.services.importing_people import Importer
from disputes.services.importing_rows import Note, Result, RowRefused
from disputes.services.opening import lock_order
from disputes.services.scans import facts_of, keep_scans
from disputes.services.writer import tell_cases
from rules.engine.types import Stage


def take_parcel(record: ParcelRecord, who: Importer) -> tuple[Result, str, tuple[Note, ...]]:
    """Tell the case a parcel belongs to what its carrier says; whether that was news, and the case's number.

    What is told of a number no case of the order names yet is kept until one does. Deadlines of both sides hang on it,
    so only administrators may. Raises RowRefused.
    """
    order = Order.objects.filter(platform=record.platform, outside_id=record.order_outside_id).first()
    if order is None:
        raise RowRefused("unknown_order", field="order_id")
    if not who.administers(record.platform):
        raise RowRefused("only_administrators")
    _lock(order)
    sent = _named(order, record.tracking)
    if sent is None:
        kept = keep_scans(order.pk, record.tracking, _told(record), kept_by=who.user.pk)
        return ("created" if kept else "unchanged"), "", (Note(code="scan_kept"),)
    case = Case.objects.get(pk=sent.case_id)
    if case.stage == Stage.CLOSED:
        return "unchanged", case.number, ()
    news = facts_of(sent.leg, _told(record))
    told = [tell_cases([case.pk], kind=kind, at=at) for kind, at in news if kind not in case.anchors]
    return ("updated" if any(told) else "unchanged"), case.number, ()


def _named(order: Order, tracking: str) -> Parcel | None:
    """The parcel of that number which a case waits for: a number that was corrected since tells it nothing."""
    later = Parcel.objects.filter(case=OuterRef("case"), leg=OuterRef("leg"), sequence__gt=OuterRef("sequence"))
    found = Parcel.objects.filter(~Exists(later), case__order=order, tracking=tracking)
    return found.order_by("-at").first()


def _lock(order: Order) -> None:
    """The order and its cases: a number that is being typed in one of them is waited for."""
    lock_order(order.pk)
    cases = Case.objects.filter(order=order).order_by("pk").select_for_update(no_key=True)
    list(cases.values_list("pk", flat=True))


def _told(record: ParcelRecord) -> list[tuple[str, datetime]]:
    """What the carrier did, and when."""
    times = (("scanned", record.scanned_at), ("signed", record.signed_at))
    return [(status, at) for status, at in times if at is not None]
