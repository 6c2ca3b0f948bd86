"""What the marketplace reports: parcels, the order, promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from model import hearing, moving
from model.case import Case
from model.doing import Data
from model.terms import TOLERANCE

Fact = Callable[[Case, Data, datetime, datetime], None]
IN_TRANSIT = frozenset({"NOT_RECEIVED", "IN_TRANSIT"})


def order_shipped(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    """T1b: the request of an unshipped order closes, and may be filed anew."""
    case.moments["shipped"] = at
    was_unshipped, case.shipped = not case.shipped, True
    if case.stage != "WAIT_SELLER" or not was_unshipped:
        return
    if not case.terms.global_site:
        moving.close(case, "shipped", at, heard)
        return
    case.stop("T1")
    case.start("T2", case.terms.answer, case.moments["last_requested"], heard, fact=True)


def order_completed(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    """An in-transit request closes when the receipt is confirmed (10.1/15)."""
    case.completed = True
    if case.stage in moving.BEFORE_RULING and case.reason in IN_TRANSIT:
        moving.close(case, "in_transit_received", at, heard)


def nothing(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    """Worth knowing; no clock of the case hangs on it."""


def carrier_signed(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    case.moments["carrier_signed"] = at


def promise_changed(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    """A4 is due at the promise's end, or seven days after the first submission, whichever is later (10.1/11)."""
    case.promise_ends = datetime.fromisoformat(data["promise_ends"])
    if case.terms.global_site and "A4" in case.clocks:
        hearing.in_transit_clocks(case, heard, heard if heard - at > TOLERANCE else None)


def return_scanned(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    case.scanned = True
    case.stop("T6s")


def return_signed(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    """What was signed for was scanned."""
    case.return_signed = True
    return_scanned(case, data, at, heard)


def replacement_signed(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    if case.stage == "WAIT_BUYER_CHECK" and "E3b" in case.clocks:
        moving.replacement_signed(case, at, heard)
    elif case.stage == "WAIT_BUYER_CHECK" and "E3" in case.clocks and not case.terms.card:
        case.silent("a replacement signed for twice")
        case.clocks["E3"].due = None


def code_viewed(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    case.code_viewed = True


def payout_answered(case: Case, data: Data, at: datetime, heard: datetime) -> None:
    """Before the answer an order to pay can be cancelled, afterwards only settled."""
    case.settled = case.paid


FACTS: Mapping[str, Fact] = {
    "order_shipped": order_shipped, "order_completed": order_completed, "carrier_signed": carrier_signed,
    "promise_changed": promise_changed, "return_scanned": return_scanned, "return_signed": return_signed,
    "replacement_signed": replacement_signed, "digital_delivered": nothing, "code_viewed": code_viewed,
    "payout_succeeded": payout_answered,
}  # fmt: skip
