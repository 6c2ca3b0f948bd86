"""Rows of a case as views: order, claim, proposals, parcels, texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from contract.money import Money
from disputes.labels import differences
from disputes.labels.words import CARRIERS, LEGS, MESSAGES, ORDER_STATUSES, PARTIES, PAYMENTS, PAYOUTS, name_of
from disputes.models import Listing, Order, OrderLine
from disputes.selectors.actions import remedy_label
from disputes.selectors.case_views import PayoutView
from disputes.selectors.events import readers_of_text
from disputes.selectors.reading import CaseRead, Row, at, moment
from disputes.selectors.record_views import (
    ClaimLine,
    EscalationView,
    ListingView,
    MessageView,
    OrderSummary,
    ParcelView,
    ProposalView,
)
from disputes.selectors.wording import Worded
from rules.engine.types import Party

Offer = Mapping[str, Any]

SIDES = ("buyer", "seller", "platform")
OFFERED_TO = {"buyer": ("seller", "platform"), "seller": ("buyer", "platform"), "platform": ()}
"""Whose proposals a side can accept."""


def order_summary(order: Order) -> OrderSummary:
    return OrderSummary(
        id=order.pk, outside_id=order.outside_id,
        status=Worded(code=order.status, text=name_of(ORDER_STATUSES, order.status)),
        paid=Money(order.paid, order.currency), freight=Money(order.freight, order.currency),
        created_at=order.created_at, shipped_at=order.shipped_at, signed_at=order.signed_at,
        completed_at=order.completed_at, carrier=order.carrier, tracking=order.tracking,
    )  # fmt: skip


def claim_lines(read: CaseRead) -> tuple[ClaimLine, ...]:
    currency = read.case.currency
    return tuple(
        ClaimLine(
            line_id=row.line_id, title=row.line.title, sku=row.line.sku, quantity=row.quantity,
            ordered=row.line.quantity, paid=Money(row.line.paid, currency), maximum=Money(row.maximum, currency),
            listing=listing_view(row.line),
        )
        for row in read.lines
    )  # fmt: skip


def listing_view(line: OrderLine) -> ListingView | None:
    """The listing snapshot of a line read with it; None when none was imported."""
    listing: Listing | None = getattr(line, "listing", None)
    if listing is None:
        return None
    return ListingView(
        title=listing.title, description=listing.description, attributes=tuple(_attributes(listing)),
        condition=listing.condition, disclosed_flaws=listing.disclosed_flaws, promises=tuple(listing.promises),
        captured_at=listing.captured_at,
    )  # fmt: skip


def _attributes(listing: Listing) -> Iterator[tuple[str, str]]:
    for item in listing.attributes:
        if isinstance(item, dict):
            yield str(item.get("name", "")), str(item.get("value", ""))
        elif isinstance(item, list | tuple) and len(item) == 2:
            yield str(item[0]), str(item[1])


def proposals(read: CaseRead, *, may_accept: bool) -> tuple[ProposalView, ...]:
    """The latest proposal of each side, the buyer's request first."""
    made = {(row["party"], row["version"]): at(row["at"]) for row in read.rows["proposals"]}
    own = read.facts.get(f"{'buyer' if read.staff else read.viewer}_offer")
    return tuple(
        _proposal(read, side, offer, own, made.get((side, offer.get("version"))), may_accept=may_accept)
        for side in SIDES
        if (offer := read.facts.get(f"{side}_offer"))
    )


def _proposal(
    read: CaseRead, side: str, offer: Offer, own: Offer | None, made_at: datetime | None, *, may_accept: bool
) -> ProposalView:
    freight = offer.get("return_freight_by")
    return ProposalView(
        party=side, mine=side == read.viewer, version=offer.get("version", 1),
        remedy=Worded(code=offer.get("remedy") or "", text=remedy_label(read.policy, offer.get("remedy") or "")),
        amount=read.money(offer.get("amount")) or Money(Decimal(), read.case.currency),
        return_freight_by=Worded(code=freight, text=name_of(PARTIES, freight)) if freight else None,
        note=_text_of(read, offer.get("statement")), at=made_at,
        difference=_difference(read, offer, own, side), acceptable=may_accept and side in OFFERED_TO[read.viewer],
    )  # fmt: skip


def _difference(read: CaseRead, offer: Offer, own: Offer | None, side: str) -> str:
    if own is None or own is offer or side == ("buyer" if read.staff else read.viewer):
        return ""
    mine, theirs = read.money(own.get("amount")), read.money(offer.get("amount"))
    if mine is None or theirs is None:
        return ""
    same = own.get("remedy") == offer.get("remedy")
    remedy = "" if same else remedy_label(read.policy, offer.get("remedy") or "")
    return differences.difference(mine, theirs, remedy, whose="buyer" if read.staff else "own")


def _text_of(read: CaseRead, identity: str | None) -> str:
    return next((row["text"] for row in read.rows["messages"] if row["id"] == identity), "") if identity else ""


def messages(read: CaseRead) -> tuple[MessageView, ...]:
    """What was written, oldest first; internal words only for staff."""
    return tuple(
        MessageView(
            id=UUID(row["id"]), sequence=row["sequence"], party=row["party"],
            author=author_name(read, row["party"], row["author_id"]),
            kind=Worded(code=row["kind"], text=name_of(MESSAGES, row["kind"])), text=row["text"], at=moment(row["at"]),
            mine=row["party"] == read.viewer,
        )
        for row in read.rows["messages"]
        if _may_read(row, read.viewer)
    )  # fmt: skip


def _may_read(row: Row, viewer: str) -> bool:
    readers = readers_of_text(row["kind"], row["event"], row["stage"], happened=bool(row["happened"]))
    return readers.include(viewer, party=row["party"])


def author_name(read: CaseRead, party: str, user_id: int | None) -> str:
    """Who wrote something, as this reader may know: the parties learn no name of the platform's staff."""
    if party == Party.PLATFORM and not read.staff:
        return _("Platform customer service")
    if party == Party.SELLER and read.viewer != Party.SELLER:
        return read.case.shop.name
    person = read.people.get(user_id or 0)
    return person.name if person else name_of(PARTIES, party)


def parcels(read: CaseRead) -> tuple[ParcelView, ...]:
    return tuple(
        ParcelView(
            leg=Worded(code=row["leg"], text=name_of(LEGS, row["leg"])), tracking=row["tracking"], at=moment(row["at"]),
            carrier=Worded(code=row["carrier"], text=name_of(CARRIERS, row["carrier"])) if row["carrier"] else None,
        )
        for row in read.rows["parcels"]
    )  # fmt: skip


def return_address(read: CaseRead) -> str:
    """Where the return goes: the address given in this case, else the shop's own."""
    if read.viewer == Party.BUYER and "address_shown" not in read.snapshot.anchors:
        return ""
    if not read.facts.get("return_address"):
        return ""
    given = read.rows["addresses"]
    return given[0]["text"] if given else read.case.shop.return_address


def payouts(read: CaseRead) -> tuple[PayoutView, ...]:
    return tuple(
        PayoutView(
            id=row["id"], refund=row["refund"], status=payout_status(row["status"], refund=row["refund"]),
            amount=Money(Decimal(row["amount"]), row["currency"]), payer=row["payer"], payee=row["payee"],
            reason=row["reason"], ordered_at=moment(row["ordered_at"]), answered_at=at(row["answered_at"]),
        )
        for row in read.rows["payouts"]
    )  # fmt: skip


def payout_status(code: str, *, refund: bool) -> Worded:
    """How far a payout is, in words that say whether it is the refund."""
    return Worded(code=code, text=name_of(PAYOUTS if refund else PAYMENTS, code))


def escalations(read: CaseRead) -> tuple[EscalationView, ...]:
    return tuple(
        EscalationView(
            party=row["party"], body=row["body"], reference=row["reference"], at=moment(row["at"]),
            filed_on=date.fromisoformat(row["filed_on"]) if row["filed_on"] else None,
        )
        for row in read.rows["escalations"]
    )  # fmt: skip
