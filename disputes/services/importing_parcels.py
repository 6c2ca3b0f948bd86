"""What carriers tell of parcels that travel in a case: the return, and what is sent again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from disputes.feeds import ParcelRecord
from disputes.models import Case, Order, Parcel
from disputes.services.importing_people import Importer
from disputes.services.importing_rows import Result, RowRefused
from disputes.services.opening import lock_order
from disputes.services.writer import tell_cases
from rules.engine.types import Stage

FACTS: Final[Mapping[tuple[str, str], str]] = {
    ("return", "scanned_at"): "return_scanned",
    ("return", "signed_at"): "return_signed",
    ("replacement", "signed_at"): "replacement_signed",
}
"""By leg and field: the fact told, which is also the anchor that shows it is known."""


def take_parcel(record: ParcelRecord, who: Importer) -> tuple[Result, str]:
    """Tell the case a parcel belongs to what its carrier says; whether that was news, and the case's number.

    Deadlines of both sides hang on it, so only administrators may. Raises RowRefused.
    """
    order = Order.objects.filter(platform=record.platform, outside_id=record.order_outside_id).first()
    if order is None:
        raise RowRefused("unknown_order", field="order_id")
    if not who.administers(record.platform):
        raise RowRefused("only_administrators")
    lock_order(order.pk)
    sent = Parcel.objects.filter(case__order=order, tracking=record.tracking).order_by("-at").first()
    if sent is None:
        raise RowRefused("unknown_parcel", field="tracking")
    case = Case.objects.get(pk=sent.case_id)
    if case.stage == Stage.CLOSED:
        return "unchanged", case.number
    told = [tell_cases([case.pk], kind=kind, at=at) for kind, at in _news(record, sent.leg) if kind not in case.anchors]
    return ("updated" if any(told) else "unchanged"), case.number


def _news(record: ParcelRecord, leg: str) -> list[tuple[str, datetime]]:
    times = {"scanned_at": record.scanned_at, "signed_at": record.signed_at}
    found = [(kind, times[name]) for (where, name), kind in FACTS.items() if where == leg]
    return sorted(((kind, at) for kind, at in found if at is not None), key=lambda news: news[1])
