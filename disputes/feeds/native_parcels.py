"""What carriers tell of the parcels of a return or a replacement, in the native format."""

from __future__ import annotations

from typing import Final

from disputes.feeds.native_orders import read_platform
from disputes.feeds.reading import Row
from disputes.feeds.records import ParcelRecord

PARCEL_FIELDS: Final = frozenset("platform order_id tracking scanned_at signed_at".split())


def read_parcel(row: Row) -> ParcelRecord:
    """One parcel, known by its order and its tracking number; it tells a scan, the delivery, or both."""
    scanned_at, signed_at = row.moment("scanned_at"), row.moment("signed_at")
    if row.value("scanned_at") is None and row.value("signed_at") is None:
        row.refuse("scanned_at", "missing")
    return ParcelRecord(
        row=row.number,
        pointer=row.pointer,
        platform=read_platform(row),
        order_outside_id=row.required_identifier("order_id"),
        tracking=row.required_text("tracking", limit=80),
        scanned_at=scanned_at,
        signed_at=signed_at,
    )
